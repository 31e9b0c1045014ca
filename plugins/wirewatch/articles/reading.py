"""Reads pages in child processes with limits: a hostile page costs itself a reason and its batch nothing."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Self
from urllib.parse import urlsplit

from wirewatch.errors import ExtractionError
from wirewatch.records import DropReason, ExtractedArticle
from wirewatch.sandbox.pool import TOO_SLOW, ChildLimits, ChildPool

TIME_LIMIT_S = 20.0
"""Of CPU time for a page. A page of the test sets takes 0.03 s, the slowest 0.5 s."""
MEMORY_LIMIT = 512 * 1024**2
"""Bytes beyond what the child has when it starts; a page of 2 MB takes 60 MB."""
PAGES_PER_CHILD = 1000

QUICK_LIMIT_S = 2.0
"""Of processor time in the quick lane: four times what the slowest page of the test sets takes."""


class TooSlow(ExtractionError):
    """A page that took its reader longer than its limit."""


class ExtractionPool(ChildPool[ExtractedArticle]):
    """Reads pages in `workers` child processes; a context manager. The limits are those of `sandbox.pool.Limits`."""

    def __init__(
        self,
        workers: int = 1,
        *,
        time_limit_s: float = TIME_LIMIT_S,
        memory_limit: int = MEMORY_LIMIT,
        pages_per_child: int = PAGES_PER_CHILD,
    ) -> None:
        super().__init__(
            "wirewatch.articles.extraction.child", ChildLimits(time_limit_s, memory_limit, pages_per_child), workers
        )

    def submit(self, page: bytes | str, *, url: str, **arguments: object) -> Future[ExtractedArticle]:
        """Have `page` read; the arguments are those of `extract.extract`.

        The future raises ExtractionError: with extract's own reasons, or with `extraction_failed` when the page hung,
        crashed or starved its reader.
        """

        def failed(why: str) -> ExtractionError:
            kind = TooSlow if why.startswith(TOO_SLOW) else ExtractionError
            return kind(DropReason.EXTRACTION_FAILED, f"{url}: {why}")

        return self.ask(page, {"url": url, **arguments}, failed=failed)


class ReadingLanes:
    """Two pools: pages are read in the quick lane, and those that take long there again in the slow one.

    So a page that takes its reader 20 seconds holds up nobody for more than two. A host with such a page has its next
    pages read in the slow lane from the start, as long as this object lives. The slow lane's child starts when it is
    needed. A context manager.
    """

    def __init__(self, workers: int = 1) -> None:
        self._quick = ExtractionPool(workers, time_limit_s=QUICK_LIMIT_S)
        self._slow = ExtractionPool(1)
        self._slow_hosts: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._quick.close()
        self._slow.close()

    def submit(self, page: bytes | str, *, url: str, **arguments: object) -> Future[ExtractedArticle]:
        """As `ExtractionPool.submit`."""
        host = urlsplit(url).netloc
        if host in self._slow_hosts:
            return self._slow.submit(page, url=url, **arguments)
        read: Future[ExtractedArticle] = Future()

        def settle(done: Future[ExtractedArticle]) -> None:
            if done.cancelled():
                read.cancel()
            elif not isinstance(error := done.exception(), TooSlow):
                _settle(read, done)
            elif error is not None:
                self._slow_hosts.add(host)
                again = self._slow.submit(page, url=url, **arguments)
                again.add_done_callback(lambda slow: _settle(read, slow))

        self._quick.submit(page, url=url, **arguments).add_done_callback(settle)
        return read


def _settle(read: Future[ExtractedArticle], done: Future[ExtractedArticle]) -> None:
    if done.cancelled() or read.cancelled():
        read.cancel()
    elif (error := done.exception()) is not None:
        read.set_exception(error)
    else:
        read.set_result(done.result())
