"""The compose stack for real: the sample web's week on two Celery workers, one of them killed in the middle.

`make compose-test` runs it: it takes about twenty minutes, most of them the demo on one machine, whose answers must be
equal, and the lease of what the killed worker held.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests.compose.stack import (
    HOST_DELAY_S,
    ComposeStack,
    has_engine,
    need_base_images,
    run,
    service_of,
)
from tests.conftest import ROOT
from wirewatch.alarms.watching import assert_sound
from wirewatch.demo.comparing import Comparison, answers, compare
from wirewatch.demo.running import ANSWERS, ROUNDS, get, play, show_comparison
from wirewatch.warehouse import Warehouse

pytestmark = [
    pytest.mark.timeout(3600),
    pytest.mark.skipif(
        os.environ.get("WIREWATCH_COMPOSE_TEST") != "1", reason="takes twenty minutes; make compose-test runs it"
    ),
]

_LEASE_S = 600
_PATIENCE_S = 1500
_TRIGGER_AGAIN_S = 60


@dataclass(slots=True)
class Killed:
    """The worker that was killed."""

    host: str
    at: float
    """Monotonic."""
    held: list[int]
    """Entries that it had claimed."""


@dataclass(slots=True)
class Week:
    """What the played week left."""

    comparison: Comparison
    answers: dict[str, list[Any]]
    visits: list[dict[str, Any]]
    killed: Killed
    workers: dict[str, str] = field(default_factory=dict)
    """Address → host name, of every worker."""
    logs: str = ""


class Killer:
    """Watches a round; kills the worker that holds most once a third of the entries is done, and sees it through."""

    def __init__(self, stack: ComposeStack, say) -> None:
        self.killed: Killed | None = None
        self._stack = stack
        self._say = say
        self._triggered_at = 0.0

    def __call__(self, progress: Any) -> None:
        if self.killed is None:
            self._look(progress)
            return
        # What the killed worker held returns with its lease; the half-hourly run would take it up by itself.
        now = time.monotonic()
        if now - self.killed.at > _LEASE_S and progress.open_entries and now - self._triggered_at > _TRIGGER_AGAIN_S:
            self._triggered_at = now
            self._stack.api.trigger("collect_articles")

    def _look(self, progress: Any) -> None:
        held: defaultdict[str, list[int]] = defaultdict(list)
        with psycopg2.connect(self._stack.dsn) as connection, connection.cursor() as cursor:
            cursor.execute(
                "select split_part(lease_by, ':', 1), entry_id from ingest.entry"
                " where state in ('fetching', 'fetched') and lease_until > now()"
            )
            for host, entry_id in cursor.fetchall():
                held[host].append(entry_id)
        if len(held) < 2 or min(map(len, held.values())) < 2:
            return
        host = max(held, key=lambda name: len(held[name]))
        run("docker", "kill", host)
        self.killed = Killed(host, time.monotonic(), held[host])
        self._say(f"killed worker {host}, which held {len(held[host])} of {progress.open_entries} open entries")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a long run says how far it is


@pytest.fixture(scope="module")
def demo_answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What the demo finds out on one machine; DEMO_ANSWERS names a file of an earlier run."""
    earlier = os.environ.get("DEMO_ANSWERS")
    if earlier:
        return json.loads(Path(earlier).read_text())
    home = tmp_path_factory.mktemp("single")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(
        [sys.executable, "-m", "wirewatch.cli", "demo"],
        env=environment | {"WIREWATCH_HOME": str(home)},
        cwd=ROOT,
        check=True,
    )
    return json.loads((home / "demo" / ANSWERS).read_text())


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposeStack]:
    """The stack, with two workers."""
    if not has_engine():
        pytest.skip("no docker engine answers here, or there is no docker compose")
    need_base_images()
    stack = ComposeStack(tmp_path_factory.mktemp("compose"))
    try:
        stack.up(workers=2)
        yield stack
    finally:
        stack.down()


@pytest.fixture(scope="module")
def week(demo_answers: dict[str, list[Any]], stack: ComposeStack) -> Week:
    """The sample web's week, played in three rounds; in the second one a worker is killed."""
    killer = Killer(stack, _say)
    workers: dict[str, str] = {}
    for number, clock in enumerate(ROUNDS, start=1):
        workers |= _workers(stack)
        watch = killer if number == 2 else lambda _: None
        play(stack.dsn, stack.api, stack.control, clock, _say, patience_s=_PATIENCE_S, watch=watch)
        if number == 2:
            assert killer.killed is not None, "no moment came at which both workers held entries"
            _say(f"round 2 ended {time.monotonic() - killer.killed.at:.0f} s after the kill")
            stack.compose("up", "--detach", "--scale", "airflow-worker=2")
    with Warehouse(stack.dsn) as warehouse:
        truth = get(stack.control + "/truth")
        comparison = compare(warehouse, truth, get(stack.control + "/entries"))
        found = answers(warehouse, truth)
    show_comparison(comparison)
    logs = stack.compose("logs", "--no-color")
    return Week(comparison, found, get(stack.control + "/log"), killer.killed, workers | _workers(stack), logs)


def _workers(stack: ComposeStack) -> dict[str, str]:
    return {
        network["IPAddress"]: container["Config"]["Hostname"]
        for container in stack.containers("airflow-worker")
        for network in container["NetworkSettings"]["Networks"].values()
        if network["IPAddress"]
    }


def test_every_answer_is_the_single_machines(week: Week, demo_answers: dict[str, list[Any]]):
    assert week.comparison.holds, week.comparison.differences
    assert len(week.answers["articles"]) > 100
    for part, here in week.answers.items():
        there = demo_answers[part]
        assert {"here": _but(here, there), "in the demo": _but(there, here)} == {"here": [], "in the demo": []}, part


def _but(some: list[Any], others: list[Any]) -> list[Any]:
    return [one for one in some if one not in others]


def test_the_ledger_balances(week: Week, stack: ComposeStack):
    with Warehouse(stack.dsn) as warehouse:
        assert_sound(warehouse)
    states = Counter(state for _, _, state, _, _ in week.answers["entries"])
    assert set(states) == {"labelled", "dropped"}, states
    assert all(times == 1 for *_, times in week.answers["entries"])


def test_both_workers_visited_and_no_host_was_hurried(week: Week):
    by_host: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for visit in week.visits:
        by_host[visit["host"]].append(visit)
    clients = {week.workers[visit["client"]] for visit in week.visits}
    shared = [host for host, visits in by_host.items() if len({week.workers[v["client"]] for v in visits}) > 1]
    gaps = [later["at"] - earlier["at"] for visits in by_host.values() for earlier, later in pairwise(visits)]
    _say(
        f"{len(week.visits)} visits to {len(by_host)} hosts from workers {', '.join(sorted(clients))}; "
        f"{len(shared)} hosts were visited by more than one; shortest pause {min(gaps):.3f} s"
    )
    assert len(clients) >= 2
    assert shared, "no host was visited by two workers: the pauses would prove nothing across machines"
    assert min(gaps) >= HOST_DELAY_S


def test_no_page_was_fetched_twice_but_for_the_kill(week: Week, stack: ComposeStack):
    pages = Counter(
        (visit["host"], visit["path"]) for visit in week.visits if visit["status"] == 200 and _is_page(visit["path"])
    )
    twice = {page for page, times in pages.items() if times > 1}
    with psycopg2.connect(stack.dsn) as connection, connection.cursor() as cursor:
        cursor.execute("select url from ingest.entry where entry_id = any(%s)", (week.killed.held,))
        held = {url.partition(":18700")[2] for (url,) in cursor.fetchall()}
        cursor.execute("select count(*), count(distinct url_key) from news.article")
        articles, addresses = cursor.fetchone()
        cursor.execute("select count(*) from ingest.entry where entry_id = any(%s) and lease_by is not null",
                       (week.killed.held,))  # fmt: skip
        stuck = cursor.fetchone()[0]
    _say(f"{len(pages)} pages fetched, {len(twice)} of them twice; the killed worker held {len(held)} entries")
    assert {path for _, path in twice} <= held
    assert articles == addresses
    assert stuck == 0


def _is_page(path: str) -> bool:
    return path != "/robots.txt" and not any(path.startswith(feed) for feed in _feed_paths())


def _feed_paths() -> set[str]:
    from wirewatch.demo.sample_web.outlets import outlets

    return {feed.path for outlet in outlets().values() for feed in outlet.feeds}


def test_the_containers_are_locked_down(week: Week, stack: ComposeStack):
    for container in stack.containers():
        name, host = service_of(container), container["HostConfig"]
        assert container["Config"]["User"] not in ("", "0", "root"), name
        assert host["ReadonlyRootfs"], name
        assert host["CapDrop"] == ["ALL"], name
        assert any("no-new-privileges" in option for option in host["SecurityOpt"]), name
        ports = [port["HostIp"] for bound in (host["PortBindings"] or {}).values() for port in bound]
        assert set(ports) <= {"127.0.0.1"}, name


def test_no_secret_stands_in_a_log(week: Week, stack: ComposeStack):
    assert week.logs.count("\n") > 100
    told = [name for name, secret in stack.secrets.items() if secret in week.logs]
    assert told == []


def test_it_goes_down_and_leaves_nothing(week: Week, stack: ComposeStack):
    stack.down()
    assert stack.leftovers() == {"containers": [], "volumes": [], "networks": []}
