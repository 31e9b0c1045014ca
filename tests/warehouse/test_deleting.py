"""One article deleted everywhere: searched for in every table and in the archive, on the week of the sample web."""

from __future__ import annotations

import gzip
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from typer.testing import CliRunner

from tests.conftest import admin
from tests.warehouse.conftest import WEEK
from tests.week import ROUNDS, week_settings
from wirewatch.articles.collecting import collect_shard
from wirewatch.cli import app
from wirewatch.copies.linking import link_copies
from wirewatch.demo import DEMO_QUERIES
from wirewatch.demo.sample_web import SampleWeb
from wirewatch.errors import WirewatchError
from wirewatch.events.assigning import assign_events
from wirewatch.feeds.polling import poll_shard
from wirewatch.operations.deleting import delete_article, find_article
from wirewatch.records import ArchiveLocation
from wirewatch.settings import Settings
from wirewatch.topics.lexicons import lexicons
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.migrations import VIEWS
from wirewatch.web.archive import Archive

pytestmark = pytest.mark.timeout(900)  # the first test that asks for the week waits until it is played


@dataclass
class Desk:
    """A week of one's own, with its archive."""

    warehouse: Warehouse
    settings: Settings
    dsn: str

    def ask(self, query: str, *values: object) -> list[tuple]:
        connection = psycopg2.connect(self.dsn, options="-c timezone=UTC")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def tables_with(self, words: str) -> set[str]:
        """Every table of ours in which a row holds these words."""
        tables = self.ask(
            """
            select format('%I.%I', nspname, relname)
            from pg_class join pg_namespace on pg_namespace.oid = relnamespace
            where nspname in ('ingest', 'news') and relkind in ('r', 'm')
            """
        )
        return {
            table
            for (table,) in tables
            if self.ask(f"select 1 from {table} as t where position(%s in t::text) > 0 limit 1", words)
        }

    def archived(self) -> bytes:
        """All that the archive says, decompressed."""
        files = sorted(Path(self.settings.archive_url).rglob("*.warc.gz"))
        return b"".join(gzip.decompress(file.read_bytes()) for file in files)

    def decide_again(self) -> None:
        link_copies(self.warehouse, self.settings, lambda: lexicons(self.warehouse, self.settings))
        assign_events(self.warehouse, self.settings)

    def links(self) -> tuple[list, list, list, list]:
        """Links, stories, origins and events in force, without the numbers of stories."""
        return (
            self.ask(
                """
                select article_id, of_article_id, kind, score, is_source
                from news.copy where valid_to is null order by 1, 2
                """
            ),
            self.ask("select array_agg(article_id order by article_id) from news.article group by story_id order by 1"),
            self.ask(
                """
                select origin_article_id, origin_reason, origin_kind, origin_agency, also_first
                from news.story where merged_into is null order by 1
                """
            ),
            self.ask(
                """
                select array_agg(origin_article_id order by origin_article_id)
                from news.event_member join news.story using (story_id)
                where valid_to is null and event_id is not null group by event_id order by 1
                """
            ),
        )

    def delete(self, article: int) -> object:
        return delete_article(
            self.warehouse,
            self.settings,
            find_article(self.warehouse, str(article)),
            by="Ana Ruiz",
            reason="court order 7",
        )


@pytest.fixture
def desk(week_database, postgres, tmp_path) -> Iterator[Desk]:
    name = f"{WEEK}_deleting"
    with admin(postgres) as cursor:
        cursor.execute(f"drop database if exists {name} with (force)")
        cursor.execute(f"create database {name} template {WEEK}")
    home = tmp_path / "home"
    shutil.copytree(Path(os.environ["WIREWATCH_TEST_HOME"]) / "week", home)
    with Warehouse(postgres.dsn(name), application="tests") as warehouse:
        yield Desk(warehouse, week_settings(home), postgres.dsn(name))
    with admin(postgres) as cursor:
        cursor.execute(f"drop database if exists {name} with (force)")


def own_report(desk: Desk) -> tuple[int, str, str]:
    """An own report with two versions and no copies: its number, address and words that nobody else has."""
    ((article, url, text),) = desk.ask(
        """
        select article.article_id, article.url, version.text
        from news.article join news.article_version as version using (article_id, version)
        where article.version > 1
          and not exists (select from news.copy where article.article_id in (copy.article_id, copy.of_article_id))
        order by 1 limit 1
        """
    )
    return article, url, text


def test_nothing_of_it_is_left_in_any_table_nor_in_the_archive(desk):
    article, url, text = own_report(desk)
    words = max(re.findall(r"[\w ,.]+", text), key=len).strip()
    ((title,),) = desk.ask("select title from news.articles where article_id = %s", article)
    assert {"news.article_version"} <= desk.tables_with(words)
    assert {"ingest.entry", "news.article_version"} <= desk.tables_with(title)
    assert words.encode() in desk.archived()
    pages = {row[0] for row in desk.ask("select page_id from ingest.page")}
    desk.ask(
        "insert into news.review (article_id, version, topic, relevance, reviewed_by)"
        " select article_id, version, topic, 'none', 'Ana Ruiz' from news.tag"
        " where article_id = %s and valid_to is null"
        " returning review_id",
        article,
    )
    desk.ask(
        """
        with watch as (
            insert into news.watch (name, owner, filters, per) values ('w', 'o', '{}', 'story') returning watch_id
        ), message as (
            insert into news.watch_message (watch_id, channel, created_at) select watch_id, 'smtp', now() from watch
            returning message_id, watch_id
        )
        insert into news.watch_item (
            watch_id, channel, subject, message_id, article_id, story_id, event_id, title, url, reported_at
        )
        select watch_id, 'smtp', 'story:1', message_id, article_id, story_id, story_id, %s, %s, now()
        from message cross join news.article where article_id = %s
        returning subject
        """,
        title, url, article,
    )  # fmt: skip
    desk.ask("grant analyst to current_user")
    assert article in {row[0] for row in desk.ask("select article_id from news.search(%s)", f'"{words}"')}

    report = desk.delete(article)
    desk.decide_again()

    assert report.pages >= 2
    assert desk.tables_with(words) == desk.tables_with(title) == set()
    assert desk.tables_with(url) == {"ingest.entry"}, "by it the article is not collected again"
    assert words.encode() not in desk.archived()
    assert url.partition("//")[2].encode() not in desk.archived()
    assert desk.ask("select article_id from news.search(%s)", f'"{words}"') == []
    assert desk.ask("select article_id, reason, deleted_by from news.deletions") == [
        (article, "court order 7", "Ana Ruiz")
    ]
    # All other pages of the archive can be read.
    archive = Archive(desk.settings.archive_url)
    left = desk.ask("select page_id, archive_file, archive_offset, archive_length, digest from ingest.page")
    assert len(pages) - len(left) == report.pages
    for _, file, offset, length, digest in left:
        archive.read(ArchiveLocation(file, offset, length, digest))


@pytest.mark.parametrize("which", ["origin", "copy", "event"])
def test_the_stories_and_events_of_others_are_as_if_it_had_never_been(desk, which):
    query = {
        "origin": "select origin_article_id from news.stories order by reports desc, 1 limit 1",
        "copy": "select article_id from news.copies where is_source and of_outlet <> outlet order by 1 limit 1",
        "event": """
            select story.origin_article_id from news.events join news.story on story_id = event_id
            order by independent_reports desc, 1 limit 1
            """,
    }[which]
    ((article,),) = desk.ask(query)
    desk.delete(article)
    at_once = desk.links()
    desk.decide_again()
    after = desk.links()
    assert at_once[1] == after[1]
    assert all(article not in group for (group,) in after[1])
    # The same, found anew from the texts alone.
    desk.ask(
        """
        alter table news.article disable trigger user; alter table news.story disable trigger user;
        truncate news.event_member, news.event_reading, news.copy, news.citation, news.fingerprint, news.story_topic;
        update news.article set story_id = null, linked_at = null; delete from news.story;
        alter table news.article enable trigger user; alter table news.story enable trigger user
        """
    )
    desk.decide_again()
    assert desk.links() == after


def test_it_is_not_collected_again(desk):
    article, url, _ = own_report(desk)
    desk.delete(article)
    with SampleWeb.running(now=ROUNDS[-1]) as newsroom:
        newsroom.write_feeds(desk.settings.feeds)
        with desk.warehouse.transaction() as rows:
            rows.using(DEMO_QUERIES).make_feeds_due()
        desk.ask("update ingest.feed set listed = '{}', remembered = '{}', etag = null, last_modified = null")
        for shard in range(2):
            poll_shard(desk.warehouse, desk.settings, shard, 2)
            collect_shard(desk.warehouse, desk.settings, shard, 2)
    assert desk.ask("select state, reason, title, content from ingest.entry where url = %s", url) == [
        ("dropped", "deleted", "", None)
    ]
    # Another feed that lists its address is refused as well.
    desk.ask(
        """
        insert into ingest.entry (feed_id, identity, identity_kind, url, url_key, host, title, digest, first_seen_at,
            last_seen_at, state, state_at, next_try_at)
        select feed_id, 'another', 'guid', url, url_key, host, 'Its headline', 'd', now(), now(), 'new', now(), now()
        from ingest.entry where url = %s
        """,
        url,
    )
    assert desk.ask("select state, reason, title from ingest.entry where identity = 'another'") == [
        ("dropped", "deleted", "")
    ]
    with pytest.raises(WirewatchError, match="was deleted before"):
        find_article(desk.warehouse, url)


def test_every_view_still_answers_and_the_list_is_append_only(desk):
    ((article,),) = desk.ask("select origin_article_id from news.stories order by reports desc, 1 limit 1")
    desk.delete(article)
    for view in sorted(file.stem for file in VIEWS.glob("*.sql")):
        if view not in ("search", "attention", "matches"):
            desk.ask(f"select count(*) from news.{view}")
    for statement in ("delete from news.deletion", "update ingest.deleted_address set url_key = 'x'"):
        with pytest.raises(psycopg2.errors.RaiseException, match="append-only"):
            desk.ask(statement)
    with pytest.raises(psycopg2.errors.RaiseException, match="append-only"):
        desk.ask("delete from news.review")


def test_the_command_asks_and_says_what_it_did(desk, monkeypatch):
    article, url, _ = own_report(desk)
    monkeypatch.setenv("WIREWATCH_HOME", str(desk.settings.home))
    run = CliRunner()
    command = ["delete-article", url, "--by", "Ana Ruiz", "--reason", "court order 7", "--warehouse", desk.dsn]
    refused = run.invoke(app, command, input="n\n")
    assert refused.exit_code == 1
    assert desk.ask("select count(*) from news.deletion") == [(0,)]
    done = run.invoke(app, [*command, "--yes"])
    assert done.exit_code == 0, done.output
    assert f"article {article} of " in done.output
    with pytest.raises(WirewatchError, match="no article has this number or address"):
        find_article(desk.warehouse, "999999999")
    with pytest.raises(WirewatchError, match="neither the number of an article nor an address"):
        find_article(desk.warehouse, "not an address")
