"""The child process that parses feeds: `python -m wirewatch.feeds.parser.child MEMORY_LIMIT TIME_LIMIT`."""

from __future__ import annotations

from wirewatch.feeds.parser.parsing import parse_feed
from wirewatch.sandbox.child import serve

if __name__ == "__main__":
    serve(parse_feed)
