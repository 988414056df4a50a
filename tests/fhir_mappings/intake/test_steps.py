"""Work that pauses between its steps comes to the same alone and beside other work."""

import pytest

from fhir_mappings.intake import Steps, in_one_go, side_by_side


def work(name: str, steps: int, done: list[str]) -> Steps[str]:
    for step in range(steps):
        done.append(f"{name}{step}")
        yield
    return name.upper()


def failing() -> Steps[str]:
    yield
    raise ValueError("no")


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_in_one_go_all_steps_are_done(steps: int):
    done: list[str] = []

    assert in_one_go(work("a", steps, done)) == "A"
    assert done == [f"a{step}" for step in range(steps)]


def test_side_by_side_each_does_a_step_before_any_does_the_next():
    done: list[str] = []

    results = side_by_side([work("a", 2, done), work("b", 0, done), work("c", 3, done)])

    assert results == ["A", "B", "C"]
    assert done == ["a0", "c0", "a1", "c1", "c2"]
    assert side_by_side([]) == []


def test_what_a_work_raises_is_raised():
    with pytest.raises(ValueError, match="no"):
        in_one_go(failing())
    with pytest.raises(ValueError, match="no"):
        side_by_side([work("a", 1, []), failing()])
