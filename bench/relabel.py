"""Tagging the past again: killed midway, run again, compared with a fresh run; articles per second.

    python -m bench.relabel [--articles N]

Writes the figures to docs/tagging.md; with `--articles` they are printed instead. The articles are the newsroom's, each
many times with a line of its own: most of them are of the topic, so they have more evidence than the world's have.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from bench.documents import DOCS, write_generated
from tests.conftest import ROOT, free_port
from wirewatch.demo.sample_web.stories import articles
from wirewatch.local.postgres import Postgres
from wirewatch.settings import Settings
from wirewatch.topics.labelling import sync_topic_files, tag_topics
from wirewatch.topics.relabelling import outdated_topics, relabel_topic, report_changes
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.migrations import migrate

ARTICLES = 50_000
TOPIC = "us_china_military"
KILLED_AT = 0.4
"""Part of the work after which the first run is killed."""
_RULE = re.compile(r"^( +mil_to_mil: \{.*?en: \[)[^\]]*", re.M)
_EDITED = r"\1crew(s), vessel(s)"
"""The edit: of one entry all English aliases are taken away, and two others come in their place."""

_OUTLET = """
insert into news.outlet (key, name, country, language, kind, ownership, perspective)
values ('bench', 'Bench', 'US', 'en', 'newspaper', 'private', 'us')
"""
_FILL = """
with added as (
    insert into news.article (outlet_id, url, url_key, first_seen_at)
    select 1, 'https://bench.example/' || n, 'bench.example/' || n, '2026-03-08'::timestamptz
    from generate_series(0, %s - 1) as n
    returning article_id, split_part(url_key, '/', 2)::int as n
)
insert into news.article_version (
    article_id, version, title, text, text_digest, published_at, published_source, language, extractor, extracted_at
)
select article_id, 1, title, text || E'\nItem ' || n, md5(text || n), '2026-03-05', 'html:meta', language, 'bench',
    '2026-03-08'
from added join story on story.number = n %% (select count(*) from story)
"""
_TAGS = """
select md5(string_agg(row_text, '|' order by article_id)) from (
    select article_id, row (
        article_id, version, topic, relevance, event, score, probability, rules_version,
        (select array_agg(row (rule, term, field, start_at, end_at, weight) order by n)
            from news.evidence where evidence.tag_id = tag.tag_id),
        (select array_agg(row (key, role, field, start_at) order by field, start_at, key)
            from news.mention join news.entity using (entity_id) where mention.article_id = tag.article_id)
    )::text as row_text
    from news.tag where valid_to is null
) as rows
"""
_PAST = """
select count(*), count(distinct article_id), md5(string_agg(row_text, '|' order by article_id)) from (
    select article_id, row (
        article_id, version, topic, relevance, event, score, rules_version,
        (select array_agg(row (rule, term, weight) order by n) from news.evidence where evidence.tag_id = tag.tag_id)
    )::text as row_text
    from news.tag where valid_to is {} null and rules_version = %s
) as rows
"""
_REFITTED = """
select count(*) from news.tag
where valid_to is null
    and rules_version = (select version from news.topic_rules where in_force_until is null)
"""
_SIZE = "select pg_total_relation_size('news.tag') + pg_total_relation_size('news.evidence_row')"
_TEXT = """
{count:,} articles (embedded Postgres on the same machine). First the aliases of a rule are changed: the run is killed
with SIGKILL after {done:,} articles and started again. Then it is compared with a warehouse in which the new rules are
the first: the same tags, evidence and mentions; each article tagged once; the tags of before as they were; the change
report ({changes.gained:,} gained, {changes.lost:,} lost, {changes.moved:,} moved) and `news.tag_changes` equal to the
difference of the two. **{held}.**

Then every weight of the score is changed, and a fifth of the articles decided again by two tasks side by side.

| what | articles | decided again | seconds | articles a second |
|---|---|---|---|---|
{rows}

Tags and evidence take {size:,.0f} bytes an article after the edit; one that is decided again adds {grown:,.0f}.
"""
_WORKER = """
import sys
from pathlib import Path
from wirewatch.settings import Settings
from wirewatch.topics.relabelling import relabel_topic
from wirewatch.warehouse import Warehouse

with Warehouse(sys.argv[1]) as warehouse:
    settings = Settings(topics=Path(sys.argv[2]))
    relabel_topic(warehouse, settings, sys.argv[3], part=int(sys.argv[4]), parts=int(sys.argv[5]))
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Fills, tags, changes rules, kills, compares; exits with 1 when anything differs."""
    parser = argparse.ArgumentParser(prog="python -m bench.relabel", description=__doc__.split("\n")[0])
    parser.add_argument("--articles", type=int, help="so many articles, printed only")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="wirewatch-relabel-") as folder:
        server = Postgres(Path(folder) / "postgres", free_port(), durable=False)
        server.start()
        try:
            run = Run(server, Path(folder), asked.articles or ARTICLES)
            text = run.measure()
        finally:
            server.stop()
    print(text)
    if not asked.articles:
        write_generated(DOCS / "tagging.md", text, by="relabel")
    if run.wrong:
        sys.exit("\n".join(run.wrong))


class Run:
    """Two databases with the same articles: one lives through the change, in the other the new rules are the first."""

    def __init__(self, server: Postgres, folder: Path, count: int) -> None:
        self.count = count
        self.wrong: list[str] = []
        self._server = server
        self._topics = folder / "topics"
        shutil.copytree(ROOT / "dags" / "topics", self._topics)
        self._settings = Settings(home=folder / "home", topics=self._topics)

    def measure(self) -> str:
        """The figures, as Markdown."""
        self._fill()
        with self._warehouse("lived") as lived, self._cursor("lived") as cursor:
            labelled_s, version = self._label(lived)
            cursor.execute(_PAST.format(""), [version])
            past = cursor.fetchone()
            self._edit_a_rule()
            begun = time.perf_counter()
            outdated_topics(lived, self._settings)
            done = self._killed(cursor)
            killed_s = time.perf_counter() - begun
            begun = time.perf_counter()
            report = relabel_topic(lived, self._settings, TOPIC)
            again_s = time.perf_counter() - begun
            changes = report_changes(lived, self._settings, TOPIC)
            if not changes.gained + changes.lost:
                raise SystemExit("the edit gained and lost no story, so the report is not tried: edit another entry")
            self._check("articles tagged by the second run", report.tagged, self.count - done)
            cursor.execute("select count(*), count(distinct article_id) from news.tag where valid_to is null")
            self._check("tags in force, articles with one", cursor.fetchone(), (self.count, self.count))
            cursor.execute(_PAST.format("not"), [version])
            self._check("tags of before", cursor.fetchone(), past)
            lived_tags = self._one(cursor, _TAGS)
            fresh_s = self._fresh(cursor, lived_tags, changes)
            size = self._one(cursor, _SIZE)
            self._refit()
            begun = time.perf_counter()
            outdated_topics(lived, self._settings)
            self._side_by_side()
            refit_s = time.perf_counter() - begun
            refitted = self._one(cursor, _REFITTED)
            cursor.execute("select count(*), count(distinct article_id) from news.tag where valid_to is null")
            self._check("tags in force after new weights", cursor.fetchone(), (self.count, self.count))
            grown = self._one(cursor, _SIZE) - size
        rows = [
            ("labelled the first time, one task", self.count, self.count, labelled_s),
            ("after the edit, until it was killed (with the start of its process)", done, None, killed_s),
            ("after the edit, run again, one task", report.tagged, report.tagged - report.repeated, again_s),
            ("labelled afresh by the new rules, one task", self.count, self.count, fresh_s),
            ("after new weights, two tasks (with their start)", refitted, refitted, refit_s),
        ]
        return _TEXT.format(
            count=self.count,
            done=done,
            changes=changes,
            held="; ".join(self.wrong) or "All of it holds",
            rows="\n".join(self._row(*row) for row in rows),
            size=size / self.count,
            grown=grown / refitted,
        )

    @staticmethod
    def _row(what: str, count: int, decided: int | None, seconds: float) -> str:
        again = "" if decided is None else f"{decided:,}"
        return f"| {what} | {count:,} | {again} | {seconds:.0f} | {count / seconds:,.0f} |"

    def _check(self, what: str, found: object, expected: object) -> None:
        if found != expected:
            self.wrong.append(f"{what}: {found}, not {expected}")

    # databases

    @contextmanager
    def _warehouse(self, name: str) -> Iterator[Warehouse]:
        with Warehouse(self._server.dsn(name)) as opened:
            yield opened

    @contextmanager
    def _cursor(self, name: str) -> Iterator[psycopg2.extensions.cursor]:
        connection = psycopg2.connect(self._server.dsn(name))
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
        connection.close()

    def _fill(self) -> None:
        with self._cursor("postgres") as cursor:
            cursor.execute("create database lived")
        migrate(self._server.dsn("lived"))
        with self._cursor("lived") as cursor:
            cursor.execute(_OUTLET)
            cursor.execute("create temp table story (number int, title text, text text, language text)")
            for number, article in enumerate(articles().values()):
                row = (number, article.title, article.text, article.outlet.language[:2])
                cursor.execute("insert into story values (%s, %s, %s, %s)", row)
            cursor.execute(_FILL, [self.count])
            cursor.execute("vacuum analyze")
        with self._cursor("postgres") as cursor:
            cursor.execute("create database fresh template lived")

    @staticmethod
    def _one(cursor, query: str) -> object:
        cursor.execute(query)
        return cursor.fetchone()[0]

    # steps

    def _label(self, warehouse: Warehouse) -> tuple[float, str]:
        sync_topic_files(warehouse, self._settings)
        begun = time.perf_counter()
        tag_topics(warehouse, self._settings)
        seconds = time.perf_counter() - begun
        with warehouse.transaction() as rows:
            return seconds, rows.rules_version_in_force(topic=TOPIC)

    def _edit_a_rule(self) -> None:
        file = self._topics / f"{TOPIC}.yaml"
        text, edits = _RULE.subn(_EDITED, file.read_text(encoding="utf-8"))
        if edits != 1:
            raise SystemExit(f"no entry `mil_to_mil` in {file.name}: choose another for the edit")
        file.write_text(text, encoding="utf-8")

    def _refit(self) -> None:
        file = self._topics / f"{TOPIC}.model.json"
        model = json.loads(file.read_text(encoding="utf-8"))
        model["core"]["weights"] = {name: weight * 1.01 for name, weight in model["core"]["weights"].items()}
        file.write_text(json.dumps(model), encoding="utf-8")

    def _start(self, part: int, parts: int) -> subprocess.Popen:
        arguments = [self._server.dsn("lived"), str(self._topics), TOPIC, str(part), str(parts)]
        return subprocess.Popen([sys.executable, "-c", _WORKER, *arguments])

    def _killed(self, cursor) -> int:
        """Runs a task and kills it; how many articles it had done."""
        process = self._start(0, 1)
        count = "select count(*) from news.tag where valid_to is not null"
        while self._one(cursor, count) < KILLED_AT * self.count:
            if process.poll() is not None:
                raise SystemExit("the task ended before it was killed")
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        while self._one(
            cursor,
            "select count(*) from pg_stat_activity where application_name = 'wirewatch' and state <> 'idle'"
            " and datname = current_database()",
        ):
            time.sleep(0.05)
        return self._one(cursor, count)

    def _side_by_side(self) -> None:
        """Two tasks, each of one tenth of the articles."""
        processes = [self._start(part, 10) for part in (0, 1)]
        for process in processes:
            if process.wait():
                self.wrong.append(f"a part ended with {process.returncode}")

    def _fresh(self, cursor, lived_tags: object, changes: object) -> float:
        """Tags the other database by the new rules; compares tags and changes."""
        difference = """
            select article_id, relevance, coalesce(event, '') from news.tag where valid_to is {} null
            order by article_id
        """
        with self._warehouse("fresh") as fresh, self._cursor("fresh") as other:
            seconds, _ = self._label(fresh)
            self._check("tags, evidence and mentions", lived_tags, self._one(other, _TAGS))
            other.execute(difference.format(""))
            new = other.fetchall()
        cursor.execute(difference.format("not"))
        old = cursor.fetchall()
        expected = {"gained": 0, "lost": 0, "moved": 0}
        for (_, was, was_event), (_, now, now_event) in zip(old, new, strict=True):
            if (was, was_event) != (now, now_event):
                expected["gained" if was == "none" else "lost" if now == "none" else "moved"] += 1
        self._check("the change report", changes, type(changes)(**expected))
        cursor.execute("select change, count(*) from news.tag_changes group by 1")
        self._check("news.tag_changes", dict(cursor.fetchall()), {key: n for key, n in expected.items() if n})
        return seconds


if __name__ == "__main__":
    main()
