"""Reads pages in child processes with limits: a hostile page costs itself a reason and its batch nothing."""

from __future__ import annotations

from concurrent.futures import Future

from wirewatch.errors import ExtractionError
from wirewatch.records import DropReason, ExtractedArticle
from wirewatch.sandbox.pool import ChildPool, Limits

TIME_LIMIT_S = 20.0
"""Of CPU time for a page. A page of the test sets takes 0.03 s, the slowest 0.5 s."""
MEMORY_LIMIT = 512 * 1024**2
"""Bytes beyond what the child has when it starts; a page of 2 MB takes 60 MB."""
PAGES_PER_CHILD = 1000


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
            "wirewatch.articles.extraction.child", Limits(time_limit_s, memory_limit, pages_per_child), workers
        )

    def submit(self, page: bytes | str, *, url: str, **arguments: object) -> Future[ExtractedArticle]:
        """Have `page` read; the arguments are those of `extract.extract`.

        The future raises ExtractionError: with extract's own reasons, or with `extraction_failed` when the page hung,
        crashed or starved its reader.
        """

        def failed(why: str) -> ExtractionError:
            return ExtractionError(DropReason.EXTRACTION_FAILED, f"{url}: {why}")

        return self.ask(page, {"url": url, **arguments}, failed=failed)
