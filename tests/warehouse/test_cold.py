"""A month in files: every view before, during and after, on the week of the sample web."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import psycopg2
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from tests.conftest import admin
from tests.warehouse.conftest import WEEK
from tests.warehouse.test_deleting import Desk
from tests.week import week_settings
from wirewatch.cli import app
from wirewatch.copies import correcting
from wirewatch.errors import ArchiveUnavailable, WirewatchError
from wirewatch.events.assigning import assign_events
from wirewatch.newsroom.application import application
from wirewatch.newsroom.context import PageContext, Reader
from wirewatch.operations.deleting import delete_article, find_article
from wirewatch.topics.labelling import tag_topics
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.cold import ColdStorageError, cold_texts, cool, cool_old_months, list_months, thaw
from wirewatch.web.archive import Archive

pytestmark = pytest.mark.timeout(900)  # the first test that asks for the week waits until it is played

TEXTS = {
    "articles": "text",
    "citations": "words",
    "edits": "removed, added",
    "mentions": "words",
    "reviews": "text",
    "tagged_stories": "summary",
}
"""The columns of views that hold words of texts."""


@pytest.fixture
def desk(week_database, postgres, tmp_path):
    """The week, as if it had been collected a year ago, by no wall clock but the database's."""
    name = f"{WEEK}_cold"
    with admin(postgres) as cursor:
        cursor.execute(f"drop database if exists {name} with (force)")
        cursor.execute(f"create database {name} template {WEEK}")
    home = tmp_path / "home"
    shutil.copytree(Path(os.environ["WIREWATCH_TEST_HOME"]) / "week", home)
    with Warehouse(postgres.dsn(name), application="tests") as warehouse:
        desk = Desk(warehouse, week_settings(home), postgres.dsn(name))
        desk.ask("grant analyst to current_user")
        desk.ask(
            """
            update news.article set revisit_at = null, first_seen_at = date_trunc('month', now()) - interval '300 days';
            update news.article_version set title = title;  -- is filed again under that time
            insert into news.review (article_id, version, topic, relevance, reviewed_by)
            select article_id, version, topic, relevance, 'Ana Ruiz' from news.tag where valid_to is null limit 3
            """
        )
        yield desk
    with admin(postgres) as cursor:
        cursor.execute(f"drop database if exists {name} with (force)")


def month_of(desk: Desk) -> date:
    ((month,),) = desk.ask("select distinct date_trunc('month', first_seen_at)::date from news.article")
    return month


def views(desk: Desk, *, texts: bool) -> dict[str, list]:
    """All rows of all views but that of cold months; with or without the columns that hold words of texts."""
    found = {}
    for (view,) in desk.ask(
        """
        select relname from pg_class
        where relnamespace = 'news'::regnamespace and relkind in ('v', 'm') and relname <> 'cold_months' order by 1
        """
    ):
        columns = [
            row[0]
            for row in desk.ask(
                "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 order by attnum",
                f"news.{view}",
            )
            if texts or row[0] not in TEXTS.get(view, "").split(", ")
        ]
        found[view] = desk.ask(f"select row({', '.join(columns)})::text from news.{view} order by 1")
    return found


def test_every_view_gives_the_same_before_during_and_after(desk):
    month, whole, before = month_of(desk), views(desk, texts=True), views(desk, texts=False)
    texts = dict(desk.ask("select article_id || '/' || version, text from news.article_version"))
    fingerprints = desk.ask("select * from news.fingerprint order by 1")
    assert len(before) > 40
    assert all(before[view] for view in TEXTS)

    moved = cool(desk.warehouse, desk.settings, month)

    during = views(desk, texts=False)
    # Evidence that no core or related tag in force has (a replaced tag may share its own) is in the file.
    belongs = """
        select row(evidence.*)::text from news.evidence join news.tag using (tag_id)
        where coalesce(evidence_of, tag_id) in (
            select coalesce(evidence_of, tag_id) from news.tag where relevance <> 'none' and valid_to is null
        )
        """
    assert set(during.pop("evidence")) == set(desk.ask(belongs))
    assert during == {view: rows for view, rows in before.items() if view != "evidence"}
    assert desk.ask("select distinct text from news.article_version") == [("",)]
    assert desk.ask("select count(*) from news.fingerprint") == [(0,)]
    assert moved.articles == len({name.partition("/")[0] for name in texts})
    with desk.warehouse.transaction() as rows:
        for article in {int(name.partition("/")[0]) for name in texts}:
            for version, text in cold_texts(rows, article).items():
                assert texts[f"{article}/{version}"] == text

    thaw(desk.warehouse, month)

    assert views(desk, texts=True) == whole
    assert desk.ask("select * from news.fingerprint order by 1") == fingerprints
    assert list(Path(desk.settings.cold_url).rglob("*.parquet")) == []


def test_search_says_that_a_month_is_cold_and_finds_headlines(desk):
    ((article, title, words),) = desk.ask(
        """
        select article_id, title, substring(text from '[A-Z][a-z]+ [a-z]+ [a-z]+ [a-z]+ [a-z]+')
        from news.articles where language = 'en' and text ~ '[A-Z][a-z]+ [a-z]+ [a-z]+ [a-z]+ [a-z]+' order by 1 limit 1
        """
    )

    def search(asked: str) -> tuple[set[int], list[str]]:
        connection = psycopg2.connect(desk.dsn)
        with connection.cursor() as cursor:
            cursor.execute("select article_id from news.search(%s, most => 500)", [f'"{asked}"'])
            found = {row[0] for row in cursor.fetchall()}
        connection.close()
        return found, connection.notices

    assert article in search(words)[0]
    assert search(words)[1] == []
    cool(desk.warehouse, desk.settings, month_of(desk))
    found, notices = search(words)
    assert article not in found
    assert "only headlines are searched" in notices[0]
    assert article in search(title)[0]
    thaw(desk.warehouse, month_of(desk))
    assert article in search(words)[0]
    assert search(words)[1] == []


async def test_the_page_of_a_story_shows_a_cold_text_and_search_names_the_months(desk):
    import httpx

    ((story, text),) = desk.ask(
        """
        select story_id, text from news.articles join news.stories using (story_id)
        where article_id = origin_article_id and language = 'en' order by 1 limit 1
        """
    )
    month = month_of(desk)
    cool(desk.warehouse, desk.settings, month)
    context = PageContext(reader=lambda: Reader("7", "r", False), warehouse_dsn=lambda: desk.dsn, secret="s" * 32)
    transport = httpx.ASGITransport(app=application(context))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        page = (await client.get(f"/stories/{story}")).text
        assert max(text.replace("'", '"').replace("&", '"').split('"'), key=len)[:40] in page
        assert f"{month:%Y-%m} to {month:%Y-%m} only headlines" in (await client.get("/search?q=navy")).text
        for file in Path(desk.settings.cold_url).rglob("texts*"):
            file.unlink()
        assert "in a file that can&#39;t be read" in (await client.get(f"/stories/{story}")).text


def test_stages_leave_cold_articles_as_they_are(desk):
    before = views(desk, texts=False)
    month = month_of(desk)
    cool(desk.warehouse, desk.settings, month)
    desk.ask("update news.story set event_due = true")
    with desk.warehouse.transaction() as rows:
        for topic in rows.topics_in_force():
            assert not rows.has_articles_of_other_rules(
                topic=topic.topic, rules_version="another", since=None, until=None, part=0, parts=1
            )
    tag_topics(desk.warehouse, desk.settings)
    desk.decide_again()
    assign_events(desk.warehouse, desk.settings)
    ((article, other),) = desk.ask("select min(article_id), max(article_id) from news.article")
    with pytest.raises(WirewatchError, match="`wirewatch thaw` its month first"):
        correcting.correct(desk.warehouse, "same_story", article, other, by="Ana Ruiz")
    during = views(desk, texts=False)
    assert {view for view in before if before[view] != during[view]} <= {"evidence"}
    for check in ("orphan_rows", "evidence_sums", "evidence_spans"):
        with desk.warehouse.transaction() as rows:
            assert rows.check(check, now=rows.database_time()) == []


def test_a_cold_article_is_deleted_from_the_files(desk):
    month = month_of(desk)
    ((article, text),) = desk.ask("select article_id, text from news.articles order by length(text) desc limit 1")
    cool(desk.warehouse, desk.settings, month)
    desk.delete(article)
    ((files,),) = desk.ask("select files from news.cold_month")
    found = sorted(Path(desk.settings.cold_url).rglob("*.parquet"))
    assert sorted(f"{file.parent.name}/{file.name}" for file in found) == sorted(
        file["name"] for file in files.values()
    )
    for file in found:
        assert article not in pq.read_table(file, columns=["article_id"])["article_id"].to_pylist()
    thaw(desk.warehouse, month)
    assert desk.tables_with(text.split("\n")[0][:60].partition('"')[0]) <= {"news.article_version"}
    assert desk.ask("select count(*) from news.article_version where article_id = %s or text = ''", article) == [(0,)]


def test_a_deletion_that_fails_leaves_the_files_of_its_month(desk, monkeypatch):
    ((article, text),) = desk.ask("select article_id, text from news.articles where url is not null order by 1 limit 1")
    cool(desk.warehouse, desk.settings, month_of(desk))

    def refuse(self, location):
        raise ArchiveUnavailable("read-only")

    monkeypatch.setattr(Archive, "erase", refuse)
    with pytest.raises(ArchiveUnavailable):
        delete_article(
            desk.warehouse, desk.settings, find_article(desk.warehouse, str(article)), by="Ana Ruiz", reason="a test"
        )
    with desk.warehouse.transaction() as rows:
        assert text in cold_texts(rows, article).values()


def test_nothing_is_dropped_when_the_files_are_not_what_was_written(desk, monkeypatch):
    month, before = month_of(desk), views(desk, texts=True)
    monkeypatch.setattr("wirewatch.warehouse.cold._read", lambda *_: iter([[{"article_id": 1}]]))
    with pytest.raises(ColdStorageError, match="is not what was written; nothing was dropped"):
        cool(desk.warehouse, desk.settings, month)
    monkeypatch.undo()
    assert views(desk, texts=True) == before
    cool(desk.warehouse, desk.settings, month)
    spoiled = next(Path(desk.settings.cold_url).rglob("evidence*"))
    spoiled.write_bytes(spoiled.read_bytes()[:-1])
    with pytest.raises(ColdStorageError, match="is not the file that was kept"):
        thaw(desk.warehouse, month)
    assert desk.ask("select count(*) from news.cold_months") == [(1,)]


def test_it_is_off_unless_it_is_set_and_waits_for_what_is_to_be_done(desk):
    assert cool_old_months(desk.warehouse, desk.settings).months == 0
    assert list_months(desk.warehouse, desk.settings) == []
    old = desk.settings.model_copy(update={"cold_months": 3})
    desk.ask("update news.article set tagged_at = null where article_id = (select min(article_id) from news.article)")
    assert cool_old_months(desk.warehouse, old).months == 0
    assert [month.waiting for month in list_months(desk.warehouse, old)] == [1]
    desk.ask("update news.article set tagged_at = now()")
    assert cool_old_months(desk.warehouse, old).months == 1
    assert cool_old_months(desk.warehouse, old).months == 0
    assert [month.cold for month in list_months(desk.warehouse, old)] == [True]
    with pytest.raises(ColdStorageError, match="is too young"):
        cool(desk.warehouse, old, desk.warehouse.now().date().replace(day=1))


def test_the_commands_list_move_read_and_bring_back(desk, monkeypatch):
    monkeypatch.setenv("WIREWATCH_COLD", f"file://{desk.settings.home}/cold files")
    month = f"{month_of(desk):%Y-%m}"
    ((article, text),) = desk.ask("select article_id, text from news.articles order by 1 limit 1")

    def run(*command: str) -> str:
        done = CliRunner().invoke(app, [*command, "--warehouse", desk.dsn])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    assert "no month is in files" in run("cold")
    assert f"{month}: " in run("cold", month)
    assert f"{month}: " in run("cold")
    assert run("text", str(article)).strip() == text
    assert "articles are back" in run("thaw", month)
    assert "no month is in files" in run("cold")
