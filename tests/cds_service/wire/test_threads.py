"""One thread takes what comes; another leads where it waits, others help where much or late."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

from cds_service.wire import let_another_lead
from cds_service.wire.threads import LATE_SECONDS, MOST_WAITING, Threads
from tests.cds_service.test_server import PATIENCE

MOST = 4


def until(holds: Callable[[], bool], meanwhile: Callable[[], object] = bool) -> bool:
    """Return whether something comes to hold, doing something else meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            return False
        meanwhile()
        time.sleep(0.001)
    return True


def test_one_thread_does_one_piece_after_the_other() -> None:
    done = SimpleQueue[tuple[int, int]]()
    threads = Threads[int](lambda number: done.put((number, threading.get_ident())), MOST)

    for number in range(MOST_WAITING):
        threads.submit(number)
    found = [done.get(timeout=PATIENCE) for _ in range(MOST_WAITING)]
    threads.shutdown()

    assert [number for number, _ in found] == list(range(MOST_WAITING))
    assert len({thread for _, thread in found}) == 1


def test_another_leads_while_one_waits_and_then_one_alone_again() -> None:
    go_on, done, by = threading.Event(), SimpleQueue[str](), set[int]()

    def do(name: str) -> None:
        if name == "waits":
            let_another_lead()
            go_on.wait(PATIENCE)
        else:
            by.add(threading.get_ident())
        done.put(name)

    threads = Threads(do, MOST)
    threads.submit("waits")
    threads.submit("next")
    assert done.get(timeout=PATIENCE) == "next"  # nobody was late, and nobody told the loop
    go_on.set()
    assert done.get(timeout=PATIENCE) == "waits"
    for _ in range(MOST_WAITING):
        threads.submit("later")
    later = [done.get(timeout=PATIENCE) for _ in range(MOST_WAITING)]
    threads.shutdown()

    assert later == ["later"] * MOST_WAITING
    assert len(by) == 1  # who waited leads no more


def test_it_may_be_said_wherever_it_means_nothing() -> None:
    let_another_lead()  # no thread of ours

    done = SimpleQueue[int]()

    def do(number: int) -> None:
        let_another_lead()
        let_another_lead()  # another does already
        done.put(number)

    threads = Threads(do, 1)  # there is no other: it still answers
    for number in range(3):
        threads.submit(number)

    assert [done.get(timeout=PATIENCE) for _ in range(3)] == [0, 1, 2]
    threads.shutdown()


def test_a_costly_piece_of_work_holds_up_nobody_for_long() -> None:
    go_on, done = threading.Event(), SimpleQueue[str]()

    def do(name: str) -> None:
        if name == "costly":
            go_on.wait(PATIENCE)
        done.put(name)

    threads = Threads(do, MOST)
    assert not threads.help_what_is_late()
    threads.submit("costly")
    assert until(lambda: not threads.help_what_is_late())  # it was taken
    began = time.monotonic()
    threads.submit("next")
    assert until(lambda: not done.empty(), threads.help_what_is_late)
    assert done.get() == "next"
    assert time.monotonic() - began >= LATE_SECONDS
    go_on.set()
    assert done.get(timeout=PATIENCE) == "costly"
    threads.shutdown()


def test_many_pieces_that_wait_are_taken_by_as_many_threads_as_there_may_be() -> None:
    go_on, at_once, done = threading.Event(), set[int](), SimpleQueue[int]()

    def do(number: int) -> None:
        at_once.add(threading.get_ident())
        go_on.wait(PATIENCE)
        done.put(number)

    threads = Threads(do, MOST)
    for number in range(MOST_WAITING):
        threads.submit(number)
    assert until(lambda: len(at_once) == 1)
    time.sleep(0.05)
    assert len(at_once) == 1
    for number in range(MOST_WAITING, 3 * MOST_WAITING):
        threads.submit(number)

    assert until(lambda: len(at_once) == MOST)
    go_on.set()
    found = {done.get(timeout=PATIENCE) for _ in range(3 * MOST_WAITING)}
    assert found == set(range(3 * MOST_WAITING))
    threads.shutdown()


def test_no_piece_is_ever_left_however_threads_take_over() -> None:
    done = SimpleQueue[int]()

    def do(number: int) -> None:
        if number % 3 == 0:
            let_another_lead()
        if number % 7 == 0:
            time.sleep(0.0005)
        done.put(number)

    threads = Threads(do, MOST)
    for number in range(3000):
        threads.submit(number)
        if number % 5 == 0:
            threads.help_what_is_late()
        if number % 50 == 0:
            time.sleep(0.002)
    found = sorted(done.get(timeout=PATIENCE) for _ in range(3000))
    threads.shutdown()

    assert found == list(range(3000))


def test_every_thread_ends_when_it_is_shut_down() -> None:
    before = threading.active_count()
    done = SimpleQueue[int]()

    def do(number: int) -> None:
        let_another_lead()
        time.sleep(0.001)
        done.put(number)

    threads = Threads(do, MOST)
    for number in range(20):
        threads.submit(number)
    threads.shutdown()

    assert sorted(done.get(timeout=PATIENCE) for _ in range(20)) == list(range(20))
    assert until(lambda: threading.active_count() <= before)
