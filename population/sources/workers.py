"""Work shared out to processes. One that is killed loses its task to the next; nothing is lost with
it.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import select
import signal
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any, TypeVar, overload

Setup = TypeVar("Setup")
Task = TypeVar("Task")
Result = TypeVar("Result")
Steps = Generator[float, None, Result]
"""A task that is done in steps: after each it is told how much of it is done."""

MOST_ATTEMPTS = 3
"""How often one task is begun; a task that kills every process it is given to must end too."""


PAUSE_SECONDS = 0.5
"""Before a worker is tried to be started again: what was killed takes a moment to be gone."""


class TaskFailed(Exception):
    """A task that cannot be done; the message says why, without content of a record."""


@dataclass(frozen=True, slots=True)
class _Worker:
    process: BaseProcess
    line: Connection


@overload
def run_tasks(
    prepare: Callable[[Setup], Callable[[Task], Steps[Result]]],
    setup: Setup,
    tasks: Sequence[Task],
    workers: int,
    so_far: Callable[[Task, float], None],
) -> Iterator[tuple[Task, Result]]: ...


@overload
def run_tasks(
    prepare: Callable[[Setup], Callable[[Task], Result]],
    setup: Setup,
    tasks: Sequence[Task],
    workers: int,
) -> Iterator[tuple[Task, Result]]: ...


def run_tasks(
    prepare: Any,
    setup: Any,
    tasks: Sequence[Any],
    workers: int,
    so_far: Callable[[Any, float], None] = lambda *_: None,
) -> Iterator[tuple[Any, Any]]:
    """Yield each task with its result as it is done, in any order.

    With one worker everything happens in this process.

    Args:
        prepare: called once in each process with `setup`; returns what does a task. Both must be
            found by name, as the processes start anew. What does a task in steps yields how much of
            it is done, and returns its result.
        so_far: told a task and how much of it is done, less than before where it is begun again.
    Raises: TaskFailed when a task raises, or has killed three processes.
    """
    if workers <= 1 or len(tasks) <= 1:
        work = prepare(setup)
        for task in tasks:
            try:
                result = _do(work, task, functools.partial(so_far, task))
            except Exception as error:  # noqa: BLE001 - said by who shared the work out
                raise TaskFailed(name_failure(error)) from None
            yield task, result
        return
    yield from _run_in_processes(prepare, setup, tasks, min(workers, len(tasks)), so_far)


def _do(work: Callable[[Any], Any], task: Any, tell: Callable[[float], object]) -> Any:
    """Do a task, whole or in steps, and return its result."""
    steps = work(task)
    if not isinstance(steps, Generator):
        return steps
    while True:
        try:
            tell(next(steps))
        except StopIteration as end:
            return end.value


def _run_in_processes(
    prepare: Any, setup: Any, tasks: Any, workers: int, so_far: Callable[[Any, float], None]
) -> Iterator[Any]:
    waiting = deque((number, 1) for number in range(len(tasks)))
    busy: dict[Connection, tuple[_Worker, int, int]] = {}
    idle: list[_Worker] = [_start(prepare, setup) for _ in range(workers)]
    try:
        while waiting or busy:
            while waiting and idle:
                number, attempt = waiting.popleft()
                worker = _give(idle.pop(), tasks[number], prepare, setup)
                busy[worker.line] = (worker, number, attempt)
            for line in [one for one in wait(list(busy)) if isinstance(one, Connection)]:
                worker, number, attempt = busy.pop(line)
                answer = _receive(worker)
                if answer is None:  # killed: another one does it again
                    waiting.appendleft((number, _next(attempt)))
                    idle.append(_start(prepare, setup))
                    continue
                done, result = answer
                if done is None:
                    busy[line] = (worker, number, attempt)
                    so_far(tasks[number], result)
                    continue
                idle.append(worker)
                if not done:
                    raise TaskFailed(result)
                yield tasks[number], result
    finally:
        _end([*idle, *(entry[0] for entry in busy.values())])


def _next(attempt: int) -> int:
    if attempt == MOST_ATTEMPTS:
        raise TaskFailed("a worker was killed three times over the same part")
    return attempt + 1


def _end(workers: Iterable[_Worker]) -> None:
    for worker in workers:
        worker.line.close()
        worker.process.terminate()
        worker.process.join()


def _start(prepare: Any, setup: Any) -> _Worker:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", prepare.__module__])  # imported once for all
    for _ in range(MOST_ATTEMPTS):
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, prepare, setup), daemon=True)
        try:
            with _uninterrupted():
                process.start()
        except (EOFError, OSError):  # what starts the processes was killed: it is started anew
            time.sleep(PAUSE_SECONDS)
            continue
        finally:
            theirs.close()
        return _Worker(process, ours)
    raise TaskFailed("no worker can be started")


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let what is started inherit that Ctrl-C is not for it: a terminal sends it to every process,
    and a worker would tell where it was. It ends with the process that shares the work out.
    """
    resource_tracker.ensure_running()  # to start it takes the block away
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _give(worker: _Worker, task: Any, prepare: Any, setup: Any) -> _Worker:
    """Give a worker its task; one that was killed while it had none is replaced."""
    try:
        worker.line.send(task)
    except OSError:
        worker = _start(prepare, setup)
        worker.line.send(task)
    return worker


def _receive(worker: _Worker) -> tuple[bool | None, Any] | None:
    """Return whether a task was done, and its result or why not; `None` and how much of it is done
    while it is not; nothing of a worker that was killed.
    """
    try:
        answer: tuple[bool | None, Any] = worker.line.recv()
    except (EOFError, OSError):
        worker.process.join()
        return None
    return answer


def _serve(line: Connection, prepare: Any, setup: Any) -> None:
    Thread(target=_end_with, args=(line.fileno(),), daemon=True).start()
    work = prepare(setup)
    while True:
        try:
            task = line.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            answer = (True, _do(work, task, lambda done: line.send((None, done))))
        except Exception as error:  # noqa: BLE001 - said by the process that shared the work out
            answer = (False, name_failure(error))
        line.send(answer)


def _end_with(line: int) -> None:
    """End this process at once when the one that shares the work out is gone: what it would still
    write may be begun again by then.
    """
    hung_up = select.poll()
    hung_up.register(line, 0)  # asks for nothing: only the end of the line is told
    hung_up.poll()
    os._exit(1)


def name_failure(error: BaseException) -> str:
    """Return the kind of an error and where it was raised, and nothing of the record it was raised
    over: of what the system refuses why, as that a disk is full.
    """
    place, trace = "", error.__traceback__
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    why = error.strerror if isinstance(error, OSError) else None
    return f"{why or type(error).__name__} in {place}"
