"""Wirewatch against what a user would pick: news-please, and a plain feedparser, trafilatura and psycopg2 script.

    python -m venv /tmp/news-please && /tmp/news-please/bin/pip install news-please
    NEWS_PLEASE_PYTHON=/tmp/news-please/bin/python python -m bench peers

The same recorded pages on the same loopback sites, one after the other in one run, each into an empty database of one
Postgres. Two figures of speed: articles per second of the clock until the last one was stored, and per second of
CPU time, which other work on the machine can't change. Then each is killed with all its children when half of
the articles are stored, comes back when its feeds have moved on by a quarter of their window, and runs to its end: what
is missing then is lost.

The figures go to docs/scaling.md. Needs the recorded pages (../shared/data/pages).
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from bench.collecting import postgres_cpu_s
from bench.documents import DOCS, write_generated
from bench.extraction import PAGES, SETS, recorded_pages
from bench.rivals.launched import NEWS_PLEASE, NewsPlease, Plain, Rival, Took, Wirewatch
from bench.rivals.web import Sites
from tests.conftest import free_port
from wirewatch.local.postgres import Postgres

HOSTS = 8
TIMES_NEWS_PLEASE = 8.0
OF_PLAIN = 0.85


@dataclass(frozen=True, slots=True)
class Measured:
    """One rival's figures."""

    name: str
    pages: int
    stored: int
    took: Took
    postgres_cpu_s: float
    lost: int
    """Of what the feeds had listed to the killed run or later."""
    doubled: int

    @property
    def per_s(self) -> float:
        """Articles per second of the clock."""
        return self.stored / self.took.stored_s

    @property
    def per_cpu_s(self) -> float:
        """Articles per second of CPU time, all of its work and Postgres's."""
        return self.stored / (self.took.cpu_s + self.postgres_cpu_s)


def measure(kind: type[Rival], server: Postgres, folder: Path, pages: list[bytes]) -> Measured:
    """Speed first, then a kill, each from an empty database."""
    sites = Sites(pages, HOSTS)
    with sites.served():
        rival = _fresh(kind, server, folder, sites, "speed")
        before = postgres_cpu_s(rival.dsn)
        took = rival.run(sites)
        database_s = postgres_cpu_s(rival.dsn) - before
        stored = len(rival.stored())
        unreadable = sites.urls(0, len(pages)) - set(rival.stored())

        window = len(pages) * 4 // 5
        rival = _fresh(kind, server, folder, sites, "kill")
        sites.show(0, window)
        rival.run_and_kill(sites, stored=window // 2)
        sites.show(len(pages) - window, len(pages))
        rival.run(sites, again=True)
        lost = sites.urls(0, len(pages)) - set(rival.stored()) - unreadable
        doubled = sum(times > 1 for times in rival.stored().values())
    return Measured(rival.name, len(pages), stored, took, database_s, len(lost), doubled)


def _fresh(kind: type[Rival], server: Postgres, folder: Path, sites: Sites, purpose: str) -> Rival:
    """The rival with an empty database and an empty folder."""
    database = f"{kind.__name__.lower()}_{purpose}"
    connection = psycopg2.connect(server.dsn("postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"create database {database}")
    connection.close()
    home = folder / database
    home.mkdir()
    rival = kind(server.dsn(database), home)
    rival.prepare(sites)
    return rival


def report(measured: list[Measured]) -> str:
    """The table, and whether the goals are reached."""
    lines = [
        "| | articles | per second of the clock | per second of CPU | CPU per article | of it Postgres "
        "| lost after the kill | doubled |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {m.name} | {m.stored} of {m.pages} | {m.per_s:.2f} | {m.per_cpu_s:.2f} | {1000 / m.per_cpu_s:.0f} ms "
        f"| {1000 * m.postgres_cpu_s / m.stored:.0f} ms | {m.lost} | {m.doubled} |"
        for m in measured
    ]
    by_name = {m.name: m for m in measured}
    ours = by_name[Wirewatch.name]
    lines.append("")
    for name, goal in ((NewsPlease.name, TIMES_NEWS_PLEASE), (Plain.name, OF_PLAIN)):
        if name in by_name:
            clock, cpu = ours.per_s / by_name[name].per_s, ours.per_cpu_s / by_name[name].per_cpu_s
            lines.append(
                f"Wirewatch : {name} = {clock:.2f} by the clock, {cpu:.2f} by CPU time; goal {goal:g}, "
                f"{'reached' if min(clock, cpu) >= goal else 'missed' if max(clock, cpu) < goal else 'reached by one'}."
            )
    lines += [
        "",
        f"{os.cpu_count()} cores, shared with other work. Wirewatch's CPU time includes robots.txt, archive, "
        "fingerprints, copies, tags and evidence of every article; the clock stops at the last article stored, "
        f"{ours.took.ended_s - ours.took.stored_s:.0f} s before all of that was done.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measures all that can be run here and writes the figures."""
    if not PAGES.is_dir():
        print("peers: skipped, it needs the recorded material beside the project, which is not part of it")
        return
    if not NEWS_PLEASE:
        print("peers: skipped, NEWS_PLEASE_PYTHON names no Python that has news-please")
        return
    pages = [page.html for name in SETS for page in recorded_pages(name)]
    with tempfile.TemporaryDirectory(prefix="wirewatch-peers-") as folder:
        server = Postgres(Path(folder) / "postgres", free_port(), durable=True)
        server.start()
        try:
            measured = [measure(kind, server, Path(folder), pages) for kind in (Wirewatch, Plain, NewsPlease)]
        finally:
            server.stop()
    text = report(measured)
    write_generated(DOCS / "scaling.md", text, by="peers")
    print(text)


if __name__ == "__main__":
    main()
