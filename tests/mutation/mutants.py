"""The faults that are tried: every place of a module where one small change would make another
program.
"""

from __future__ import annotations
import __future__

import ast
import copy
import re
import types
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_NAMES = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "INFO": "WARNING",
    "WARNING": "INFO",
    "CRITICAL": "WARNING",
    "is_true": "may_be_true",
    "may_be_true": "is_true",
    "is_false": "is_unknown",
    "is_unknown": "may_be_true",
    "below": "above",
    "above": "below",
}
"""Names that stand for a decision: how loud a card is, and whether a rule acts on what is true or
on what may be true.
"""

_NOT_RUN = frozenset(
    {"annotation", "returns", "decorator_list", "type_comment", "ctx", "op", "ops"}
)
_WITHOUT_EFFECT = (ast.Import, ast.ImportFrom, ast.Pass)


@dataclass(frozen=True)
class Mutant:
    """One fault: what is changed where, and the lines of the statement in which it lies.

    `function` is the qualified name of the outermost function it lies in, empty where it lies in
    code that runs at import. `wording` marks a change of words that only a reader notices.
    """

    path: Path
    line: int
    column: int
    change: str
    code: str
    wording: bool
    function: str
    lines: range
    tree: ast.Module
    holder: ast.AST | list[ast.AST]
    key: str | int
    fault: ast.AST
    occurrence: int = 0

    @property
    def id(self) -> str:
        """The fault by its module, line of code and change: the same while other lines come and
        go.
        """
        again = f" #{self.occurrence}" if self.occurrence else ""
        return f"{self.path.name}: {self.code} [{self.change}]{again}"

    def put_in(self) -> None:
        """Put the fault into the tree of the module, for good."""
        if isinstance(self.holder, list):
            assert isinstance(self.key, int)
            self.holder[self.key] = self.fault
        else:
            setattr(self.holder, str(self.key), self.fault)

    def compile_module(self) -> types.CodeType:
        """Return the code of the module with the fault in it."""
        self.put_in()
        return _compile(self.tree, self.path)

    def compile_function(self) -> types.CodeType:
        """Return the code of the function with the fault in it; the rest of the module is left
        alone, which is quicker.
        """
        self.put_in()
        around = [
            statement
            for statement in self.tree.body
            if statement.lineno <= self.line <= (statement.end_lineno or 0)
        ]
        return next(
            code
            for code in _codes(_compile(ast.Module(around, []), self.path))
            if code.co_qualname == self.function
        )


def _compile(tree: ast.Module, path: Path) -> types.CodeType:
    flags = __future__.annotations.compiler_flag
    code = compile(ast.fix_missing_locations(tree), str(path), "exec", flags, dont_inherit=True)
    assert isinstance(code, types.CodeType)
    return code


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _codes(constant)


def find_mutants(path: Path) -> list[Mutant]:
    """Return every fault that is tried in a module, in the order of the source."""
    source = path.read_text(encoding="utf-8")
    tree, lines = ast.parse(source), source.splitlines()
    _mark_claims(tree)
    found = [
        Mutant(
            path,
            line,
            column,
            change,
            lines[line - 1].strip(),
            wording,
            function,
            span,
            tree,
            holder,
            key,
            fault,
        )
        for holder, key, node, function, span in _places(tree, "", range(0))
        for line, column in [(getattr(node, "lineno", 0), getattr(node, "col_offset", 0))]
        for change, wording, fault in _faults(node)
    ]
    seen: Counter[str] = Counter()
    numbered = []
    for mutant in sorted(found, key=lambda mutant: (mutant.line, mutant.column)):
        numbered.append(replace(mutant, occurrence=seen[mutant.id]))
        seen[mutant.id] += 1
    return numbered


def _mark_claims(tree: ast.Module) -> None:
    """Mark what functions of truth return: True or False in its place are the faults, for None
    would be taken as False.
    """
    for function in ast.walk(tree):
        if (
            isinstance(function, ast.FunctionDef)
            and isinstance(function.returns, ast.Name)
            and function.returns.id == "bool"
        ):
            for node in ast.walk(function):
                if isinstance(node, ast.Return):
                    node.is_claim = True  # type: ignore[attr-defined]


def _places(
    node: ast.AST, function: str, span: range
) -> Iterator[tuple[ast.AST | list[ast.AST], str | int, ast.AST, str, range]]:
    """Yield every slot of the tree that holds code which is run, with the function and the lines of
    the statement around it.
    """
    for field, value in ast.iter_fields(node):
        if field in _NOT_RUN:
            continue
        in_body = _name_inside(node, field, function)
        slots = enumerate(value) if isinstance(value, list) else [(field, value)]
        for key, child in slots:
            if (
                not isinstance(child, ast.AST)
                or isinstance(child, _WITHOUT_EFFECT)
                or _is_docstring(child)
            ):
                continue
            lines = _lines_of(child, span)
            if hasattr(child, "lineno"):
                yield (value if isinstance(value, list) else node), key, child, in_body, lines
            yield from _places(child, in_body, lines)


def _name_inside(node: ast.AST, field: str, function: str) -> str:
    """Return the name of the function whose body this field is part of: "name", or "Class.name"; a
    class on the way ends in a dot.
    """
    inside = isinstance(node, ast.ClassDef | ast.FunctionDef) and field == "body"
    if not inside or (function and not function.endswith(".")):
        return function
    return f"{function}{node.name}{'.' if isinstance(node, ast.ClassDef) else ''}"  # type: ignore[attr-defined]


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _lines_of(node: ast.AST, span: range) -> range:
    """Return the lines of a statement, without the body of a compound one; those around an
    expression.
    """
    if isinstance(node, ast.match_case):
        return range(node.pattern.lineno, (node.guard or node.pattern).end_lineno + 1)  # type: ignore[operator]
    if not isinstance(node, ast.stmt):
        return span
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    if not body:
        return range(node.lineno, node.end_lineno + 1)  # type: ignore[operator]
    first = body[0].pattern.lineno if isinstance(body[0], ast.match_case) else body[0].lineno
    return range(node.lineno, max(first, node.lineno + 1))


# --- the faults of one place
# ------------------------------------------------------------------------------------------------


def _faults(node: ast.AST) -> Iterator[tuple[str, bool, ast.AST]]:
    """Yield what may go wrong at one place: the change in words, whether it is only wording, and
    the code instead.
    """
    match node:
        case ast.Constant():
            yield from _other_constants(node)
        case ast.Compare():
            yield from _other_comparisons(node)
        case ast.BoolOp() | ast.BinOp() | ast.UnaryOp():
            yield from _other_operators(node)
        case ast.Name(id=name) if name in _NAMES:
            yield f"{name} -> {_NAMES[name]}", False, _with(node, id=_NAMES[name])
        case ast.Attribute(attr=name) if name in _NAMES:
            yield f"{name} -> {_NAMES[name]}", False, _with(node, attr=_NAMES[name])
        case ast.Call():
            yield from _other_calls(node)
        case ast.Tuple() | ast.List() | ast.Set():
            yield from _fewer_elements(node)
        case ast.If() | ast.IfExp() if not isinstance(
            node.test, ast.Compare | ast.BoolOp | ast.UnaryOp
        ):
            yield "condition negated", False, _with(node, test=ast.UnaryOp(ast.Not(), node.test))
        case ast.GeneratorExp() | ast.ListComp() | ast.SetComp() | ast.DictComp():
            yield from _without_filters(node)
        case ast.stmt():
            yield from _other_statements(node)


def _with(node: ast.AST, **changes: object) -> ast.AST:
    """Return the node with other fields; children are shared, for only one fault is ever put into a
    tree.
    """
    changed = copy.copy(node)
    for field, value in changes.items():
        setattr(changed, field, value)
    return changed


def _other_constants(node: ast.Constant) -> Iterator[tuple[str, bool, ast.AST]]:
    value = node.value
    if isinstance(value, bool):
        yield f"{value} -> {not value}", False, _with(node, value=not value)
    elif isinstance(value, int):
        for other in (value + 1, value - 1):
            yield f"{value} -> {other}", False, _with(node, value=other)
    elif isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value):
        step = Decimal(1).scaleb(int(Decimal(value).as_tuple().exponent))
        for number in (Decimal(value) + step, Decimal(value) - step):
            yield f'"{value}" -> "{number}"', False, _with(node, value=str(number))
    elif isinstance(value, str):
        shown = value if len(value) < 30 else f"{value[:26]}..."
        yield (
            f'"{shown}" -> "XX{shown}XX"',
            " " in value.strip() or not value.strip(),
            _with(node, value=f"XX{value}XX"),
        )


def _other_comparisons(node: ast.Compare) -> Iterator[tuple[str, bool, ast.AST]]:
    for index, operator in enumerate(node.ops):
        for other in _COMPARISONS[type(operator)]:
            ops = [*node.ops[:index], other(), *node.ops[index + 1 :]]
            yield f"{type(operator).__name__} -> {other.__name__}", False, _with(node, ops=ops)


def _other_operators(
    node: ast.BoolOp | ast.BinOp | ast.UnaryOp,
) -> Iterator[tuple[str, bool, ast.AST]]:
    match node:
        case ast.BoolOp(op=operator, values=values):
            other = ast.Or() if isinstance(operator, ast.And) else ast.And()
            yield (
                f"{type(operator).__name__} -> {type(other).__name__}",
                False,
                _with(node, op=other),
            )
            for index, value in enumerate(values):
                rest = [*values[:index], *values[index + 1 :]]
                left = _with(node, values=rest) if len(rest) > 1 else rest[0]
                yield f"without: {_short(value)}", False, left
        case ast.BinOp(op=operator) if type(operator) in _OPERATORS:
            other_operator = _OPERATORS[type(operator)]
            yield (
                f"{type(operator).__name__} -> {other_operator.__name__}",
                False,
                _with(node, op=other_operator()),
            )
            if isinstance(operator, ast.BitOr | ast.BitAnd):
                yield f"without: {_short(node.right)}", False, node.left
                yield f"without: {_short(node.left)}", False, node.right
        case ast.UnaryOp(operand=operand):
            yield f"without {type(node.op).__name__}", False, operand


def _other_calls(node: ast.Call) -> Iterator[tuple[str, bool, ast.AST]]:
    for index, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            yield (
                f"without {keyword.arg}=",
                False,
                _with(node, keywords=[*node.keywords[:index], *node.keywords[index + 1 :]]),
            )
    for index in range(len(node.args) - 1):
        one, other = node.args[index : index + 2]
        if ast.dump(one) != ast.dump(other):
            swapped = [*node.args[:index], other, one, *node.args[index + 2 :]]
            yield (
                f"arguments swapped: {_short(one)}, {_short(other)}",
                False,
                _with(node, args=swapped),
            )


def _fewer_elements(node: ast.Tuple | ast.List | ast.Set) -> Iterator[tuple[str, bool, ast.AST]]:
    if isinstance(getattr(node, "ctx", None), ast.Store):
        return
    for index, element in enumerate(node.elts):
        if not isinstance(element, ast.Constant):
            rest = [*node.elts[:index], *node.elts[index + 1 :]]
            fewer = (
                _with(node, elts=rest)
                if rest or not isinstance(node, ast.Set)
                else ast.Call(ast.Name("set", ast.Load()), [], [])
            )
            yield f"without element: {_short(element)}", False, fewer


def _without_filters(
    node: ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp,
) -> Iterator[tuple[str, bool, ast.AST]]:
    for index, loop in enumerate(node.generators):
        for place, condition in enumerate(loop.ifs):
            free = _with(loop, ifs=[*loop.ifs[:place], *loop.ifs[place + 1 :]])
            yield (
                f"without filter: {_short(condition)}",
                False,
                _with(
                    node, generators=[*node.generators[:index], free, *node.generators[index + 1 :]]
                ),
            )


def _other_statements(node: ast.stmt) -> Iterator[tuple[str, bool, ast.AST]]:
    match node:
        case ast.Return(value=ast.AST() as value):
            others = (True, False) if getattr(node, "is_claim", False) else (None,)
            for other in others:
                if not (isinstance(value, ast.Constant) and value.value is other):
                    yield f"returns {other}", False, _with(node, value=ast.Constant(other))
        case ast.Expr() | ast.Raise() | ast.AugAssign():
            yield f"without: {_short(node)}", False, ast.copy_location(ast.Pass(), node)
        case ast.Continue():
            yield "continue -> break", False, ast.copy_location(ast.Break(), node)
        case ast.Match(cases=cases) if len(cases) > 1:
            for index, case in enumerate(cases):
                yield (
                    f"without case: {_short(case.pattern)}",
                    False,
                    _with(node, cases=[*cases[:index], *cases[index + 1 :]]),
                )


def _short(node: ast.AST) -> str:
    words = ast.unparse(node)
    return words if len(words) <= 40 else f"{words[:37]}..."
