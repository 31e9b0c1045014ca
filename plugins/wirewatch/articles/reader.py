"""The child process of `reading.ExtractionPool`: reads pages from standard input, writes articles to standard output.

    python -m wirewatch.articles.reader MEMORY_LIMIT TIME_LIMIT

Messages are pickles with their length in front. In: `(page, arguments)`. Out: `("article", ExtractedArticle)`,
`("refused", (reason, message))`, `("failed", what)` or `("exhausted", None)`, after which the parent replaces us. It
ends when its input does, so it never outlives its parent.
"""

from __future__ import annotations

import logging
import os
import pickle
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from wirewatch.articles.extraction import extract
from wirewatch.articles.language import article_language
from wirewatch.articles.reading import read_frame, write_frame
from wirewatch.errors import ExtractionError


def main(memory_limit: int, time_limit_s: float) -> None:
    """Serve until standard input ends.

    `memory_limit` is in bytes, beyond what the process has now; `time_limit_s` in seconds of processor time for each
    page: SIGPROF ends the process then, wherever in a parser it is.
    """
    # What a library prints must not end up between our messages.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    logging.getLogger().addHandler(logging.NullHandler())
    # Loads the detector's model now, that it counts against no page's limits.
    article_language("ready", None, None)
    _limit_memory(memory_limit)
    write_frame(answers, pickle.dumps(("ready", None)))
    while (question := read_frame(sys.stdin.buffer)) is not None:
        signal.setitimer(signal.ITIMER_PROF, time_limit_s)
        answer = _answer(question)
        signal.setitimer(signal.ITIMER_PROF, 0)
        write_frame(answers, answer)


def _answer(question: bytes) -> bytes:
    page, arguments = pickle.loads(question)  # nosec B301 # noqa: S301 (from our own parent)
    outcome: tuple[str, Any]
    try:
        outcome = ("article", extract(page, **arguments))
    except ExtractionError as error:
        outcome = ("refused", (error.reason, str(error)))
    except MemoryError:
        outcome = ("exhausted", None)
    except Exception as error:
        outcome = ("failed", f"{type(error).__name__}: {error}"[:500])
    return pickle.dumps(outcome)


def _limit_memory(beyond: int) -> None:
    """Limit the address space; where the system doesn't tell its present size (macOS), there is no limit."""
    status = Path("/proc/self/statm")
    if status.exists():
        size = int(status.read_text().split()[0]) * resource.getpagesize() + beyond
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
