"""Starts, kills and measures a rival: a command in a process group of its own, and what it left in the database."""

from __future__ import annotations

import configparser
import os
import resource
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from bench.rivals.web import Sites
from tests.conftest import ROOT
from wirewatch.warehouse.migrations import migrate

NEWS_PLEASE = os.environ.get("NEWS_PLEASE_PYTHON", "")
"""A Python that has news-please, in an environment of its own: its requirements are not ours."""

_NEWS_PLEASE_TABLES = "".join(
    f"""create table {table} (
    id serial primary key, date_modify timestamp, date_download timestamp, localpath text, filename text,
    source_domain text, url text, image_url text, title text, title_page text, title_rss text, maintext text,
    description text, date_publish timestamp, authors text[], language text, ancestor int, descendant int, version int
);"""
    for table in ("CurrentVersions", "ArchiveVersions")
)


@dataclass(frozen=True, slots=True)
class Took:
    """What a run took, in seconds."""

    stored_s: float
    """Until the last article was in the database."""
    ended_s: float
    """Until all of its work was done."""
    cpu_s: float
    """Of its processes, Postgres apart."""


class Rival(ABC):
    """A program that reads feeds into Postgres."""

    name: str
    articles: str
    """Query for (address, times) of what it stored."""

    def __init__(self, dsn: str, home: Path) -> None:
        self.dsn = dsn
        self.home = home

    @abstractmethod
    def prepare(self, sites: Sites) -> None:
        """Makes its tables and its configuration."""

    @abstractmethod
    def command(self, sites: Sites, *, again: bool) -> Sequence[str | Path]:
        """Its command line; `again` after it was killed."""

    def run(self, sites: Sites, *, again: bool = False) -> Took:
        """Runs it to its end."""
        before, began = _children_cpu_s(), time.monotonic()
        process = self._start(sites, again=again)
        stored, stored_s = 0, 0.0
        while process.poll() is None:
            time.sleep(0.5)
            if len(self.stored()) > stored:
                stored, stored_s = len(self.stored()), time.monotonic() - began
        if process.returncode:
            sys.exit(f"{self.name} failed with status {process.returncode}; its log is {self.home / 'log'}")
        return Took(stored_s, time.monotonic() - began, _children_cpu_s() - before)

    def run_and_kill(self, sites: Sites, *, stored: int, patience_s: float = 1800) -> None:
        """Runs it until it has stored so many articles, then kills it and its children."""
        process = self._start(sites, again=False)
        until = time.monotonic() + patience_s
        while len(self.stored()) < stored and process.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stored(self) -> dict[str, int]:
        """Address → how many rows it has."""
        with psycopg2.connect(self.dsn) as connection, connection.cursor() as cursor:
            cursor.execute(self.articles)
            return dict(cursor.fetchall())

    def _start(self, sites: Sites, *, again: bool) -> subprocess.Popen[bytes]:
        with (self.home / "log").open("ab") as log:
            return subprocess.Popen(
                list(map(str, self.command(sites, again=again))), cwd=ROOT, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip


class Wirewatch(Rival):
    """All of our stages."""

    name = "Wirewatch"
    articles = "select url, count(*) from news.article group by url"

    def prepare(self, sites: Sites) -> None:
        migrate(self.dsn)

    def command(self, sites: Sites, *, again: bool) -> Sequence[str | Path]:
        return [sys.executable, "-m", "bench.rivals.pipeline", self.dsn, self.home, *sites.feeds]


class Plain(Rival):
    """The plain script."""

    name = "plain script"
    articles = "select url, count(*) from article group by url"

    def prepare(self, sites: Sites) -> None:
        with psycopg2.connect(self.dsn) as connection, connection.cursor() as cursor:
            cursor.execute(
                "create table article (url text primary key, title text, author text, published text, body text)"
            )

    def command(self, sites: Sites, *, again: bool) -> Sequence[str | Path]:
        return [sys.executable, "-m", "bench.rivals.plain", self.dsn, *sites.feeds]


class NewsPlease(Rival):
    """news-please as its documentation has it: RssCrawler for each site, extractors of the default without pictures."""

    name = "news-please"
    articles = "select url, count(*) from CurrentVersions group by url"

    def prepare(self, sites: Sites) -> None:
        with psycopg2.connect(self.dsn) as connection, connection.cursor() as cursor:
            cursor.execute(_NEWS_PLEASE_TABLES)
        config = configparser.RawConfigParser()
        config.optionxform = str
        config.read(self._default_config(), encoding="utf-8")
        database = urlsplit(self.dsn)
        for section, changes in {
            # Every item of a feed is an article: no guessing from the page.
            "Crawler": {"default": "RssCrawler", "fallbacks": '{"RssCrawler": None}'},
            "Heuristics": {
                "enabled_heuristics": '{"crawler_contains_only_article_alikes": True}',
                "pass_heuristics_condition": '"crawler_contains_only_article_alikes"',
            },
            "Files": {"working_path": str(self.home)},
            "Postgresql": {
                "host": f"'{database.hostname}'",
                "port": str(database.port),
                "database": f"'{database.path.strip('/')}'",
                "user": f"'{database.username}'",
                "password": f"'{database.password}'",
            },
            "ArticleMasterExtractor": {
                "extractors": "['newspaper_extractor_no_images', 'readability_extractor', 'date_extractor',"
                " 'lang_detect_extractor']"
            },
            "Scrapy": {
                "LOG_LEVEL": "WARNING",
                "ITEM_PIPELINES": "{'newsplease.pipeline.pipelines.ArticleMasterExtractor': 100,"
                " 'newsplease.pipeline.pipelines.PostgresqlStorage': 350}",
            },
        }.items():
            for option, value in changes.items():
                config.set(section, option, value)
        with (self.home / "config.cfg").open("w", encoding="utf-8") as file:
            config.write(file)
        listed = ", ".join(f'{{"url": "{home}"}}' for home in sites.homes)
        (self.home / "sitelist.hjson").write_text(f'{{"base_urls": [{listed}]}}')

    def command(self, sites: Sites, *, again: bool) -> Sequence[str | Path]:
        resume = ["-resume"] if again else []
        return [NEWS_PLEASE, "-m", "newsplease", "-c", self.home, "-no-confirm", *resume]

    def _default_config(self) -> Path:
        code = "import newsplease, pathlib; print(pathlib.Path(newsplease.__file__).parent / 'config' / 'config.cfg')"
        found = subprocess.run([NEWS_PLEASE, "-c", code], capture_output=True, text=True, check=True)
        return Path(found.stdout.split()[-1])


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
