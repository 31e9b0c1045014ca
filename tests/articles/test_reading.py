"""Children that read pages: whatever a page does to one costs that page and nothing else."""

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import CancelledError
from datetime import UTC, datetime

import pytest

from tests.articles import pages
from tests.articles.newsdesk import TEXT
from tests.web.site import article
from wirewatch.articles import reading as lanes_module
from wirewatch.articles.reading import ExtractionPool, ReadingLanes
from wirewatch.errors import ExtractionError, WirewatchError
from wirewatch.records import DropReason
from wirewatch.sandbox import pool as reading

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
URL = "https://harbour.example/a"
LARGE = pages.page(f"<h1>{pages.TITLE}</h1>" + pages.paragraphs() * 20_000)
"""About 14 MB: takes seconds and hundreds of megabytes."""


@pytest.fixture(scope="module")
def pool():
    with ExtractionPool(workers=1) as opened:
        yield opened


def submit(pool, page=pages.WORDPRESS):
    return pool.submit(page, url=URL, now=NOW)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_pages_are_read_in_a_child(pool):
    assert submit(pool).result(60).title == pages.TITLE
    [child] = pool.children
    assert child != os.getpid()


def test_refusals_come_through(pool):
    with pytest.raises(ExtractionError) as refused:
        submit(pool, pages.INDEX).result(60)
    assert refused.value.reason == DropReason.NOT_ARTICLE
    assert URL in str(refused.value)


def test_futures_can_be_awaited(pool):
    async def read():
        return await asyncio.gather(*(asyncio.wrap_future(submit(pool)) for _ in range(5)))

    assert {article.title for article in asyncio.run(read())} == {pages.TITLE}


def test_a_killed_child_costs_its_page_only(pool):
    submit(pool).result(60)
    [child] = pool.children
    doomed, later = submit(pool, LARGE), submit(pool)
    while not doomed.running():
        time.sleep(0.01)
    time.sleep(0.2)
    os.kill(child, signal.SIGSEGV)
    with pytest.raises(ExtractionError, match="SIGSEGV") as failed:
        doomed.result(60)
    assert failed.value.reason == DropReason.EXTRACTION_FAILED
    assert later.result(60).title == pages.TITLE
    assert pool.children != [child]


def test_a_child_that_died_between_pages_costs_nothing(pool):
    submit(pool).result(60)
    [child] = pool.children
    os.kill(child, signal.SIGKILL)
    time.sleep(0.2)
    assert submit(pool).result(60).title == pages.TITLE


def test_a_page_that_takes_too_long_is_given_up():
    with ExtractionPool(time_limit_s=1) as pool:
        slow, quick = submit(pool, LARGE), submit(pool)
        with pytest.raises(ExtractionError, match=r"no result within (1 s of CPU time|3 s)$") as failed:
            slow.result(60)
        assert failed.value.reason == DropReason.EXTRACTION_FAILED
        assert URL in str(failed.value)
        assert quick.result(60).title == pages.TITLE


def test_a_reader_that_stands_still_is_given_up_by_the_clock():
    with ExtractionPool(time_limit_s=1) as pool:
        submit(pool).result(60)
        [child] = pool.children
        os.kill(child, signal.SIGSTOP)
        still, quick = submit(pool), submit(pool)
        with pytest.raises(ExtractionError, match=r"no result within 3 s$"):
            still.result(60)
        assert quick.result(60).title == pages.TITLE


def test_a_page_that_eats_memory_is_given_up():
    with ExtractionPool(memory_limit=64 * 1024**2) as pool:
        hungry, modest = submit(pool, LARGE), submit(pool)
        with pytest.raises(ExtractionError) as failed:
            hungry.result(60)
        assert failed.value.reason == DropReason.EXTRACTION_FAILED
        assert modest.result(60).title == pages.TITLE


def test_children_are_replaced_after_their_pages():
    with ExtractionPool(pages_per_child=2) as pool:
        seen = set()
        for _ in range(4):
            future = submit(pool)
            future.result(60)
            seen.update(pool.children)
        assert len(seen) >= 2


def test_closing_ends_the_children_and_gives_up_the_rest():
    threads = set(threading.enumerate())
    pool = ExtractionPool(workers=1)
    submit(pool).result(60)
    [child] = pool.children
    running, waiting = submit(pool, LARGE), submit(pool)
    while not running.running():
        time.sleep(0.01)
    pool.close()
    assert not alive(child)
    with pytest.raises(ExtractionError, match="closed"):
        running.result(10)
    with pytest.raises(CancelledError):
        waiting.result(10)
    with pytest.raises(RuntimeError):
        submit(pool)
    assert set(threading.enumerate()) <= threads


def test_a_child_sees_no_environment_of_ours(monkeypatch):
    monkeypatch.setenv("WIREWATCH_SECRET", "hush")
    with ExtractionPool() as pool:
        submit(pool).result(60)
        [child] = pool.children
        with open(f"/proc/{child}/environ", "rb") as environment:
            assert b"hush" not in environment.read()


def test_children_that_cannot_start_are_our_failure_not_the_pages(monkeypatch):
    monkeypatch.setattr(reading, "_PACKAGES", "/nowhere")
    monkeypatch.setattr(reading.sys, "executable", "/bin/false")
    with ExtractionPool() as pool, pytest.raises(WirewatchError, match="does not start") as failed:
        submit(pool).result(60)
    assert not isinstance(failed.value, ExtractionError)


def _read_in_daemon(answers):
    with ExtractionPool() as pool:
        answers.put(submit(pool).result(60).title)


def test_it_works_in_a_daemonic_worker():
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    worker = context.Process(target=_read_in_daemon, args=(answers,), daemon=True)
    worker.start()
    assert answers.get(timeout=60) == pages.TITLE
    worker.join(30)
    assert worker.exitcode == 0


def test_a_slow_page_holds_up_no_quick_one_and_is_read_all_the_same(monkeypatch):
    """Its host's next pages go to the slow lane at once; pages of other hosts stay in the quick one."""
    monkeypatch.setattr(lanes_module, "QUICK_LIMIT_S", 0.3)
    now = datetime(2026, 6, 3, tzinfo=UTC)
    slow, quick = article("Slow", *TEXT * 3_000), article("Ship sails", *TEXT)
    with ReadingLanes() as lanes:
        first = lanes.submit(slow, url="https://slow.example/1", now=now)
        good = [lanes.submit(quick, url=f"https://good.example/{n}", now=now) for n in range(5)]
        assert [one.result(60).title for one in good] == ["Ship sails"] * 5
        assert lanes._slow_hosts == {"slow.example"}
        second = lanes.submit(slow, url="https://slow.example/2", now=now)
        assert [one.result(120).title for one in (first, second)] == ["Slow", "Slow"]
