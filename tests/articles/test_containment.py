"""An error at one host, feed or page ends that one; a fault of ours pauses the stage and counts against nobody."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path

import psycopg2
import pytest

from tests.articles.newsdesk import TEXT, Newsdesk, Sites
from tests.conftest import free_port
from tests.soak import containment
from tests.web.site import article
from wirewatch.articles import extracting, visiting
from wirewatch.articles.collecting import collect_shard
from wirewatch.errors import ArchiveUnavailable, ReadersUnavailable
from wirewatch.local.postgres import Postgres
from wirewatch.operations.status import read_status
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.migrations import migrate
from wirewatch.web.archive import Archive
from wirewatch.web.visitor import Visitor

NUMBERS = ["Crawl-delay: 1e13", "Crawl-delay: 1e18", "Crawl-delay: 1e308", "Request-rate: 1/99999999999999999"]


def honest(desk, sites, feed: int, n: int) -> list[int]:
    """Entries of `n` hosts that serve good pages."""
    entries = []
    for number in range(2, n + 2):
        site = sites.open(f"127.0.0.{number}")
        site.pages["/a"] = article(f"Ship {number} sails", *TEXT, f"It was passage {number}.")
        entries.append(desk.entry(feed, site.url("/a")))
    return entries


def all_read(desk, entries: list[int]) -> bool:
    found = desk.all("select state, attempts from ingest.entry where entry_id = any (%s)", entries)
    return found == [("extracted", 0)] * len(entries)


@pytest.mark.parametrize("line", NUMBERS)
def test_a_number_in_robots_txt_stops_nobody(desk, sites, site, collect, line):
    feed = desk.feed("gazette")
    site.pages["/robots.txt"] = (200, {}, f"User-agent: *\n{line}\n".encode())
    site.pages["/a"] = article("Hostile", *TEXT)
    hostile = desk.entry(feed, site.url("/a"))
    entries = honest(desk, sites, feed, 4)
    collect()
    assert all_read(desk, entries)
    assert desk.state(hostile) == ("new", None), "its turn comes in an hour"
    assert desk.one("select next_visit_at < now() + interval '61 minutes' from ingest.host where host = %s", site.host)


def test_an_error_that_nobody_expects_ends_its_page_alone(desk, sites, collect, monkeypatch, caplog):
    feed = desk.feed("gazette")
    entries = honest(desk, sites, feed, 4)
    get = Visitor.get

    async def broken(self, url, **options):
        if "127.0.0.2:" in url:
            raise RuntimeError("a bug of ours")
        return await get(self, url, **options)

    monkeypatch.setattr(Visitor, "get", broken)
    assert collect().extracted == 3
    assert all_read(desk, entries[1:])
    state, attempts, detail = desk.one(
        "select state, attempts, detail from ingest.entry where entry_id = %s", entries[0]
    )
    assert (state, attempts) == ("new", 1)
    assert "RuntimeError: a bug of ours" in detail
    assert "Traceback" in caplog.text
    for _ in range(7):
        desk.due_now()
        collect()
    assert desk.state(entries[0]) == ("dropped", "extraction_failed")


def test_an_error_while_a_page_is_stored_ends_its_page_alone(desk, sites, collect, monkeypatch):
    entries = honest(desk, sites, desk.feed("gazette"), 4)
    store = extracting.store_article

    def broken(warehouse, key, page, *rest):
        if "127.0.0.2:" in page.final_url:
            raise KeyError("a bug of ours")
        return store(warehouse, key, page, *rest)

    monkeypatch.setattr(extracting, "store_article", broken)
    assert collect().extracted == 3
    assert all_read(desk, entries[1:])
    assert desk.state(entries[0]) == ("new", None)


def test_values_that_the_database_will_not_hold_end_their_page_alone(desk, sites, collect, monkeypatch):
    entries = honest(desk, sites, desk.feed("gazette"), 8)
    fetched = visiting.HostVisits._fetched

    async def impossible(self, entry, response, place):
        if "127.0.0.2:" in entry.url:
            object.__setattr__(response, "status", 2**40)
        await fetched(self, entry, response, place)

    monkeypatch.setattr(visiting.HostVisits, "_fetched", impossible)
    assert collect().extracted == 7
    assert all_read(desk, entries[1:])
    assert "out of range" in desk.one("select detail from ingest.entry where entry_id = %s", entries[0])[0]


@pytest.mark.parametrize("seed", [1, 2])
def test_random_attacks_beside_honest_hosts(database, tmp_path, seed):
    outcome = containment.play(database, tmp_path, seed)
    assert outcome.passed, outcome


def test_entries_whose_worker_dies_are_visited_alone_and_keep_their_tries(desk, sites, collect, monkeypatch):
    """Ten deaths of a worker are ours; an entry is dropped only when the worker died with it alone."""
    entries = honest(desk, sites, desk.feed("gazette"), 6)

    class Killed(BaseException):
        pass

    alone = []

    async def die(self, url, **options):
        alone.append(url)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Visitor, "get", die)
        for _ in range(10):
            alone.clear()
            with pytest.raises(Killed):
                collect()
            desk.leases_end()
            # The claims of a killed worker are younger than the server.
            desk.cursor.execute("update ingest.entry set state_at = now() where state = 'fetching'")
        assert len(set(alone)) == 1
        assert desk.one("select count(*) from ingest.entry where state = 'dropped'") == (0,)
    collect()
    assert all_read(desk, entries)


def _read_only(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)


def _writable(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,rw", folder], check=True)


@pytest.fixture
def disk(tmp_path):
    """A file system of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=False, capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"needs the right to mount a file system: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def paused_and_then_not(desk, warehouse, settings, collect, entries, archive: str, *, broken, fixed) -> None:
    """Ten rounds with a fault of ours: it is said, nothing is lost, no try is counted, and work goes on by itself."""
    for _ in range(10):
        broken()
        try:
            with pytest.raises(ArchiveUnavailable):
                collect(archive=archive)
        finally:
            fixed()
        assert desk.all("select distinct state, attempts, crashes from ingest.entry") == [("new", 0, 0)]
        assert desk.one("select check_name, subject from ingest.alarm where closed_at is null") == (
            "paused_stages",
            "collect",
        )
        assert any("collect" in trouble for trouble in read_status(warehouse, settings, {}).troubles)
    collect(archive=archive)
    assert all_read(desk, entries)
    assert desk.one("select count(*) from ingest.alarm where closed_at is null") == (0,)
    assert not any("collect" in trouble for trouble in read_status(warehouse, settings, {}).troubles)


def test_an_archive_that_is_read_only_costs_no_tries(desk, sites, warehouse, settings, collect, disk):
    entries = honest(desk, sites, desk.feed("gazette"), 3)
    paused_and_then_not(
        desk, warehouse, settings, collect, entries, str(disk / "archive"),
        broken=lambda: _read_only(disk), fixed=lambda: _writable(disk),
    )  # fmt: skip


def test_an_archive_of_another_owner_costs_no_tries(desk, sites, warehouse, settings, collect, tmp_path, monkeypatch):
    """As root there is no folder that can't be written, so the refusal is the system's at the place where it asks."""
    entries = honest(desk, sites, desk.feed("gazette"), 3)
    makedirs = os.makedirs

    def refuse(name, *arguments, **options):
        if str(name).startswith(str(tmp_path / "archive")):
            raise PermissionError(13, "Permission denied", str(name))
        return makedirs(name, *arguments, **options)

    with monkeypatch.context() as patch:
        paused_and_then_not(
            desk, warehouse, settings, collect, entries, str(tmp_path / "archive"),
            broken=lambda: patch.setattr(os, "makedirs", refuse),
            fixed=lambda: patch.setattr(os, "makedirs", makedirs),
        )  # fmt: skip


def test_an_object_storage_that_refuses_costs_no_tries(desk, sites, warehouse, settings, collect, monkeypatch):
    from fsspec.implementations.memory import MemoryFileSystem

    class EndpointError(Exception):
        """As the drivers of object storages raise them: no OSError."""

    def refuse(*_, **__):
        raise EndpointError("could not connect to the endpoint")

    entries = honest(desk, sites, desk.feed("gazette"), 3)
    honest_ways = {name: getattr(MemoryFileSystem, name) for name in ("pipe_file", "_open")}
    paused_and_then_not(
        desk, warehouse, settings, collect, entries, "memory://containment",
        broken=lambda: [setattr(MemoryFileSystem, name, refuse) for name in honest_ways],
        fixed=lambda: [setattr(MemoryFileSystem, name, way) for name, way in honest_ways.items()],
    )  # fmt: skip


def test_a_storage_that_fails_in_the_middle_costs_no_tries(desk, sites, warehouse, settings, collect, monkeypatch):
    """The probe went well, and then the storage goes away: what was under way goes back as it was."""
    entries = honest(desk, sites, desk.feed("gazette"), 3)
    with monkeypatch.context() as patch:
        patch.setattr(Archive, "check_writable", lambda _: None)
        paused_and_then_not(
            desk, warehouse, settings, collect, entries, str(settings.home / "archive"),
            broken=lambda: (settings.home / "archive").parent.mkdir(exist_ok=True)
            or (settings.home / "archive").write_text("a file in the way"),
            fixed=lambda: (settings.home / "archive").unlink(),
        )  # fmt: skip


def test_pages_that_can_not_be_read_now_are_not_fetched_again(desk, site, settings, collect, monkeypatch):
    site.pages["/a"] = article("Ship sails", *TEXT)
    entry = desk.entry(desk.feed("gazette"), site.url("/a"))

    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(extracting, "store_article", die)
        with pytest.raises(Killed):
            collect()
    desk.leases_end()
    away = settings.home / "away"
    (settings.home / "archive").rename(away)
    with monkeypatch.context() as patch:
        patch.setattr(Archive, "check_writable", lambda _: None)
        with pytest.raises(ArchiveUnavailable):
            collect()
    assert desk.state(entry) == ("fetched", None)
    away.rename(settings.home / "archive")
    assert collect().extracted == 1
    assert site.paths().count("/a") == 1


def test_a_database_that_restarts_costs_no_tries(tmp_path, settings):
    """Ten restarts while pages are fetched: the same task goes on, and no entry is charged."""
    server, sites = Postgres(tmp_path / "postgres", free_port(), durable=False), Sites()
    server.start()
    try:
        dsn = server.dsn("postgres")
        migrate(dsn)
        connection = psycopg2.connect(dsn)
        connection.autocommit = True
        desk = Newsdesk(connection.cursor())
        feed = desk.feed("gazette")
        entries = []
        for number in range(2, 14):
            site = sites.open(f"127.0.0.{number}")
            for n in range(6):
                site.pages[f"/{n}"] = article(f"Ship {number} {n} sails", *TEXT, f"It was passage {number} {n}.")
                entries.append(desk.entry(feed, site.url(f"/{n}")))
        connection.close()
        failures: list[BaseException] = []

        def work() -> None:
            try:
                with Warehouse(dsn) as warehouse:
                    collect_shard(warehouse, settings.model_copy(update={"host_delay_s": 1.0}), 0, 1)
            except BaseException as error:
                failures.append(error)

        worker = threading.Thread(target=work)
        worker.start()
        for _ in range(10):
            time.sleep(1.0)
            server.stop()
            server.start()
        worker.join(240)
        assert not worker.is_alive()
        assert failures == []
        connection = psycopg2.connect(dsn)
        desk = Newsdesk(connection.cursor())
        assert all_read(desk, entries)
        assert desk.one("select max(crashes), count(*) from ingest.entry") == (0, 72)
        connection.close()
    finally:
        sites.stop()
        server.stop()


def test_readers_that_do_not_start_cost_no_tries(desk, sites, warehouse, settings, collect, monkeypatch):
    entries = honest(desk, sites, desk.feed("gazette"), 3)
    monkeypatch.setattr("wirewatch.sandbox.pool.sys.executable", "/nowhere/python")
    with pytest.raises(ReadersUnavailable):
        collect()
    assert {state for state, _ in map(desk.state, entries)} <= {"new", "fetched"}
    assert desk.one("select max(attempts), max(crashes) from ingest.entry") == (0, 0)
    assert any("collect is paused" in trouble for trouble in read_status(warehouse, settings, {}).troubles)
    monkeypatch.undo()
    collect()
    assert all_read(desk, entries)
