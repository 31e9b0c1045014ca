"""Health by what was seen, and what the watch decides from it: pure, with an explicit now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from wirewatch.local.health import Problem, Seen, problems
from wirewatch.local.memory import Memory

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
PARTS = ("api-server", "dag-processor", "scheduler")


def ago(**delta: float) -> datetime:
    return NOW - timedelta(**delta)


WORKS = Seen(
    at=NOW,
    born=dict.fromkeys(PARTS, ago(hours=9)),
    heartbeats={"scheduler": ago(seconds=4), "dag-processor": ago(seconds=9)},
    queued_since=ago(seconds=3),
    task_began=ago(seconds=50),
    run_ended=ago(minutes=4),
)


def at(seconds: float, **seen: object) -> Seen:
    """A look so long after NOW."""
    return replace(WORKS, at=NOW + timedelta(seconds=seconds), **seen)


def test_a_stack_that_works_has_no_problem():
    assert problems(WORKS) == []


@pytest.mark.parametrize(
    ("seen", "sentence", "hangs"),
    [
        ({"supervised": False}, "supervisord does not run: nothing would start again what ends", False),
        ({"stopped": {"supervisord": (7,)}, "supervised": False}, "supervisord is stopped", True),
        ({"orphans": ("scheduler",)}, "scheduler was left over by a supervisord that is gone", False),
        ({"database_error": "no answer"}, "postgres does not answer: no answer", True),
        ({"database_error": "no", "stopped": {"postgres": (7,)}}, "postgres has processes that are stopped", True),
        ({"born": {**WORKS.born, "scheduler": None}}, "scheduler does not run", False),
        ({"stopped": {"scheduler": (7,)}}, "scheduler has processes that are stopped", True),
        ({"api_error": "timed out", "heartbeats": {}}, "api-server does not answer: timed out", True),
        (
            {"heartbeats": {**WORKS.heartbeats, "scheduler": ago(seconds=41)}},
            "scheduler hangs: no heartbeat for 41 s",
            True,
        ),
        (
            {"queued_since": ago(seconds=75), "task_began": ago(seconds=90)},
            "scheduler starts no task: the first in its queue has waited for 75 s",
            True,
        ),
        (
            {"queued_since": ago(minutes=9), "task_began": ago(seconds=8)},
            "scheduler lost a task: it has been in the queue for 540 s, and others begin",
            True,
        ),
        (
            {"queued_since": ago(seconds=25), "task_began": ago(seconds=90), "lost_workers": 1, "load": 9.0},
            "scheduler starts no task: the first in its queue has waited for 25 s, and 1 of its workers died",
            True,
        ),
    ],
)
def test_what_does_not_work_is_said_and_started_again(seen, sentence, hangs):
    (found,) = problems(replace(WORKS, **seen))
    assert (found.sentence, found.hangs, found.restart) == (sentence, hangs, True)


def test_what_a_restart_would_not_help_is_only_said():
    (found,) = problems(replace(WORKS, run_ended=ago(minutes=40)))
    assert (found.sentence, found.restart) == ("scheduler ended no run for 40 minutes: are all DAGs paused?", False)
    recovering = replace(WORKS, database_error="starting up", database_recovers=True)
    assert [(found.part, found.restart) for found in problems(recovering)] == [("postgres", False)]


@pytest.mark.parametrize(
    "seen",
    [
        {"born": {**WORKS.born, "scheduler": ago(seconds=40)}, "heartbeats": {"dag-processor": NOW}},
        {"born": {**WORKS.born, "api-server": ago(seconds=40)}, "api_error": "refused", "heartbeats": {}},
        {"queued_since": ago(seconds=100), "task_began": ago(seconds=10)},
        {"heartbeats": {**WORKS.heartbeats, "scheduler": ago(seconds=41)}, "load": 9.0},
        {"run_ended": None, "born": {**WORKS.born, "scheduler": ago(minutes=3)}},
    ],
    ids=["scheduler starts", "API server starts", "a long queue that moves", "a starved machine", "first minutes"],
)
def test_what_may_be_so_is_no_problem(seen):
    assert problems(replace(WORKS, **seen)) == []


def test_of_orphans_the_database_is_first():
    assert [found.part for found in problems(replace(WORKS, orphans=("scheduler", "postgres")))] == ["postgres"]


def test_only_the_first_broken_layer_is_judged():
    everything = replace(WORKS, database_error="gone", api_error="gone", heartbeats={}, run_ended=ago(hours=2))
    assert [found.part for found in problems(everything)] == ["postgres"]


HUNG = Problem("scheduler", "hangs")


def test_a_problem_is_believed_when_seen_twice_then_told_once_and_repaired_ever_more_rarely():
    memory, repairs, told = Memory(), [], []
    for seconds in range(0, 1000, 10):
        decision = memory.weigh([HUNG], at(seconds))
        repairs += [seconds] * len(decision.repairs)
        told += [(seconds, notice.sentence) for notice in decision.notices]
    assert repairs == [10, 110, 310, 710]
    assert told == [(10, "scheduler hangs; it is started again")]
    (end,) = memory.weigh([], at(1000)).notices
    assert (end.sentence, end.solved) == ("scheduler works again, after 1000 s", True)


STOPPED = Problem("api-server", "has processes that are stopped", stopped=(7,))


def test_a_stopped_process_is_continued_at_once_and_started_again_where_that_does_not_help():
    memory = Memory()
    first, second, third = (memory.weigh([STOPPED], at(seconds)) for seconds in (0, 10, 20))
    assert [(repair.gently, repair.problem.stopped) for repair in first.repairs] == [(True, (7,))]
    assert [notice.sentence for notice in first.notices] == [
        "api-server has processes that are stopped; it is continued"
    ]
    assert [repair.gently for repair in second.repairs] == [False]
    assert (second.notices, third.repairs) == ((), ())


def test_an_executor_that_lost_an_idle_worker_is_started_again_at_once():
    pool = {"workers": frozenset({1, 2, 3, 4}), "idle_workers": frozenset({2, 3, 4})}
    memory = Memory()
    memory.weigh([], at(0, **pool))
    ended_its_task = {"workers": frozenset({2, 3, 4, 5}), "idle_workers": frozenset({2, 3, 4, 5})}
    assert memory.weigh([], at(10, **ended_its_task)).repairs == ()
    lost = memory.weigh([], at(20, workers=frozenset({2, 3, 5}), idle_workers=frozenset({2, 3})))
    assert [repair.problem.part for repair in lost.repairs] == ["scheduler"]
    assert "lost an idle worker" in lost.notices[0].sentence


def test_workers_of_a_scheduler_that_was_started_again_are_not_lost():
    memory = Memory()
    memory.weigh([], at(0, workers=frozenset({1, 2}), idle_workers=frozenset({1, 2})))
    reborn = {**WORKS.born, "scheduler": NOW}
    again = memory.weigh([], at(10, born=reborn, workers=frozenset({8, 9}), idle_workers=frozenset({8, 9})))
    assert again.repairs == ()


def test_a_part_that_does_not_run_is_not_killed_while_supervisord_starts_it():
    memory, gone = Memory(), Problem("scheduler", "does not run", hangs=False)
    decisions = {seconds: memory.weigh([gone], at(seconds)) for seconds in range(0, 130, 10)}
    repairs = {seconds: repair.gently for seconds, decision in decisions.items() for repair in decision.repairs}
    assert repairs == {10: True, 110: False}


@pytest.mark.parametrize(
    ("part", "proof"),
    [
        ("scheduler", {"heartbeats": {"scheduler": NOW + timedelta(seconds=25)}}),
        ("api-server", {"api_error": None}),
        ("postgres", {"database_error": None, "api_error": "timed out", "heartbeats": {}}),
        ("supervisord", {"supervised": True, "database_error": "no answer"}),
    ],
)
def test_that_a_part_works_again_is_told_when_it_has_shown_so(part, proof):
    memory = Memory()
    reborn = {**WORKS.born, "scheduler": NOW + timedelta(seconds=15), "api-server": NOW + timedelta(seconds=15)}
    nothing = {
        "born": reborn, "heartbeats": {}, "api_error": "refused", "database_error": "no answer", "supervised": False
    }  # fmt: skip
    for seconds in (0, 10):
        memory.weigh([Problem(part, "hangs")], at(seconds, **nothing))
    assert [notice for notice in memory.weigh([], at(20, **nothing)).notices if notice.solved] == []
    shown = {"born": reborn, "heartbeats": {}, "api_error": None, **proof}
    (notice,) = [notice for notice in memory.weigh([], at(30, **shown)).notices if notice.solved]
    assert notice.sentence == f"{part} works again, after 30 s"


def test_a_part_that_supervisord_started_again_is_told():
    memory = Memory()
    assert memory.weigh([], WORKS).notices == ()
    reborn = {**WORKS.born, "scheduler": NOW}
    (notice,) = memory.weigh([], at(10, born=reborn)).notices
    assert notice.sentence == "scheduler ended without being asked to, and was started again"
    assert memory.weigh([], at(20, born=reborn)).notices == ()


def test_a_part_that_ends_after_it_was_continued_is_told():
    memory = Memory()
    memory.weigh([], WORKS)
    stopped = Problem("scheduler", "has processes that are stopped", stopped=(7,))
    memory.weigh([stopped], at(10))
    reborn = {**WORKS.born, "scheduler": NOW + timedelta(seconds=15)}
    (notice,) = memory.weigh([], at(20, born=reborn)).notices
    assert notice.sentence == "scheduler ended without being asked to, and was started again"


def test_a_part_that_was_away_at_one_look_is_told():
    memory = Memory()
    memory.weigh([], WORKS)
    gone = Problem("scheduler", "does not run", hangs=False)
    assert memory.weigh([gone], at(10, born={**WORKS.born, "scheduler": None})).notices == ()
    (notice,) = memory.weigh([], at(20, born={**WORKS.born, "scheduler": NOW})).notices
    assert "was started again" in notice.sentence


def test_a_part_that_ends_each_minute_fills_no_mailbox():
    memory, told = Memory(), 0
    for minutes in range(60):
        born = {**WORKS.born, "scheduler": NOW + timedelta(minutes=minutes)}
        told += len(memory.weigh([], at(60 * minutes, born=born)).notices)
    assert told == 10
