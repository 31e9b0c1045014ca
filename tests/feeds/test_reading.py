"""The child process that parses: what hangs or ends it costs its document, and nothing else."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from datetime import UTC, datetime

from wirewatch.feeds.reading import FeedReader

NOW = datetime(2026, 6, 10, tzinfo=UTC)
GOOD = b"<rss version='2.0'><channel><item><guid>1</guid></item></channel></rss>"
# feedparser looks for a mail address in an author's name, and its search grows with the square of the name.
HANGS = GOOD.replace(b"<guid>", b"<author>" + b"a" * 300_000 + b"</author><guid>")


def read(*bodies: bytes, **limits) -> list[str | None]:
    """The problem of each document, None where there is none."""

    async def run() -> list[str | None]:
        async with FeedReader(**limits) as reader:
            return [(await reader.read(body, url="", now=NOW)).problem for body in bodies]

    return asyncio.run(run())


def test_a_document_that_hangs_is_given_up_and_the_next_one_is_read():
    problems = read(GOOD, HANGS, GOOD, time_limit_s=2)
    assert problems[0] is None
    assert re.search(r"no result within (2 s of CPU time|6 s)$", problems[1] or "")
    assert problems[2] is None


def test_a_document_that_eats_memory_is_given_up():
    many = b"<rss version='2.0'><channel>" + b"<item><title>a</title></item>" * 150_000 + b"</channel></rss>"
    found = read(many, GOOD, memory_limit=40 * 1024**2)
    assert "memory" in (found[0] or "") or "reader" in (found[0] or "")
    assert found[1] is None


def test_a_reader_that_is_killed_is_replaced():
    async def run() -> None:
        async with FeedReader() as reader:
            assert (await reader.read(GOOD, url="", now=NOW)).problem is None
            asking = asyncio.create_task(reader.read(HANGS, url="", now=NOW))
            await asyncio.sleep(0.3)
            os.kill(reader.child, signal.SIGKILL)
            problem = (await asking).problem
            assert problem == "a document that could not be parsed: its child process was killed by SIGKILL"
            assert (await reader.read(GOOD, url="", now=NOW)).problem is None

    asyncio.run(run())


def test_no_child_outlives_its_parent():
    async def run() -> int:
        async with FeedReader() as reader:
            await reader.read(GOOD, url="", now=NOW)
            return reader.child

    child = asyncio.run(run())
    try:
        os.kill(child, 0)
    except ProcessLookupError:
        return
    raise AssertionError(f"process {child} lives on")
