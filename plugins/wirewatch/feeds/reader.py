"""The child process of `reading.FeedReader`: feed documents from standard input, parsed feeds to standard output.

    python -m wirewatch.feeds.reader MEMORY_LIMIT

Messages are pickles with their length in front. In: `(body, arguments)` of `parsing.parse_feed`. Out: "ready" once,
then a `records.ParsedFeed` for each. It ends when its input does, so it never outlives its parent.
"""

from __future__ import annotations

import os
import pickle
import resource
import sys
from pathlib import Path

from wirewatch.articles.reading import read_frame, write_frame
from wirewatch.feeds.parsing import parse_feed
from wirewatch.records import ParsedFeed


def main(memory_limit: int) -> None:
    """Serve until standard input ends. `memory_limit` is in bytes, beyond what the process has now."""
    # What a library prints must not end up between our messages.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    size_now = Path("/proc/self/statm")
    if size_now.exists():  # elsewhere (macOS) there is no limit
        limit = int(size_now.read_text().split()[0]) * resource.getpagesize() + memory_limit
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    write_frame(answers, pickle.dumps("ready"))
    while (question := read_frame(sys.stdin.buffer)) is not None:
        body, arguments = pickle.loads(question)  # nosec B301 # noqa: S301 (from our own parent)
        try:
            parsed = parse_feed(body, **arguments)
        except MemoryError:
            parsed = ParsedFeed(None, None, None, (), problem="a document that unfolds to more memory than it may")
        write_frame(answers, pickle.dumps(parsed))


if __name__ == "__main__":
    main(int(sys.argv[1]))
