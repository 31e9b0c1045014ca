"""Recorded feeds and pages, served on loopback, through the whole main job.

    python -m tests.soak.replay [--quick] [--only NAME …]

Writes the figures to docs/replay.md; with `--quick` or `--only` they are printed instead, since they are not the whole.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.documents import DOCS, write_generated
from tests.conftest import SHARED, free_port
from tests.soak.recorded import material
from tests.soak.recorded.job import Outcome, play
from tests.soak.recorded.material import Recording
from tests.soak.recorded.report import report
from wirewatch.local.postgres import Postgres
from wirewatch.warehouse.migrations import migrate

DATA = SHARED / "data"
_FEEDS = DATA / "feeds"

RECORDINGS: dict[str, Callable[[], Recording]] = {
    "polls": lambda: material.successive_polls(_FEEDS / "successive_polls.tar.gz"),
    "days": lambda: material.ten_days(_FEEDS / "replay_2026-01-01_10.tar.gz"),
    "publishers": lambda: material.real_publishers(_FEEDS / "real_publisher.tar.gz"),
    "pages": lambda: material.real_pages(DATA / "pages" / "fundus.jsonl.gz"),
}
QUICK: dict[str, Callable[[], Recording]] = {
    "polls": lambda: material.successive_polls(_FEEDS / "successive_polls.tar.gz", steps=3),
    "days": lambda: material.ten_days(_FEEDS / "replay_2026-01-01_10.tar.gz", steps=2, feeds=8),
    "publishers": lambda: material.real_publishers(_FEEDS / "real_publisher.tar.gz", feeds=3),
    "pages": lambda: material.real_pages(DATA / "pages" / "fundus.jsonl.gz", count=6),
}


def main() -> None:
    """Runs the replays and reports; exits with 1 when an entry is unaccounted for."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.replay", description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a small part of each recording, printed only")
    parser.add_argument("--only", nargs="+", choices=RECORDINGS, help="these recordings, printed only")
    asked = parser.parse_args()
    if not DATA.is_dir():
        print("replay: skipped, it needs the recorded material beside the project, which is not part of it")
        return
    recordings = QUICK if asked.quick else RECORDINGS
    outcomes = []
    for name in asked.only or recordings:
        outcomes.append(replay(recordings[name]()))
        _tell(outcomes[-1])
    if asked.quick or asked.only:
        print(report(outcomes))
    else:
        write_generated(DOCS / "replay.md", report(outcomes), by="replay", package="tests.soak")
        print("written to docs/replay.md")
    if not all(outcome.account.balances for outcome in outcomes):
        sys.exit(1)


def _tell(outcome: Outcome) -> None:
    """Prints how the account stands, with the first items or entries that are wrong."""
    account = outcome.account
    wrong = {
        "unaccounted for": account.unaccounted,
        "with two entries": account.twice,
        "never listed": account.never_listed,
    }
    counted = ", ".join(f"{len(places)} {what}" for what, places in wrong.items())
    print(f"{outcome.recording.name}: {account.listed:,} items listed; {counted}", flush=True)
    for what, places in wrong.items():
        for place in places[:20]:
            print(f"  {what}: {place}", flush=True)


def replay(recording: Recording) -> Outcome:
    """Replays a recording into a fresh warehouse, on an embedded server that lives as long."""
    with tempfile.TemporaryDirectory(prefix="wirewatch-replay-") as folder:
        server = Postgres(Path(folder) / "postgres", free_port(), durable=False)
        server.start()
        try:
            dsn = server.dsn("postgres")
            migrate(dsn)
            return play(recording, dsn, Path(folder) / "home", lambda line: print(line, flush=True))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
