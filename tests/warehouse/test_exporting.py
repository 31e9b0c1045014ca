"""Views as files: typed, whole or not at all, and readable by others."""

from __future__ import annotations

import csv
import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from wirewatch.cli import app
from wirewatch.errors import WarehouseError
from wirewatch.feeds.parser.parsing import parse_feed
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.exporting import ExportError, ExportFormat, export

pytestmark = pytest.mark.timeout(900)  # the first test that asks for the week waits until it is played

NOW = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def analyst(week_database):
    """The week as an analyst's connection, which may read views and nothing else."""
    with Warehouse(week_database + "?options=-c%20role%3Danalyst", application="tests") as warehouse:
        yield warehouse


def view_names(cursor) -> list[str]:
    cursor.execute(
        "select relname from pg_class where relnamespace = 'news'::regnamespace and relkind = 'v' order by 1"
    )
    return [name for (name,) in cursor.fetchall()]


def test_every_view_goes_to_both_kinds_of_file(analyst, week, tmp_path):
    for view in view_names(week):
        week.execute(f"select count(*) from news.{view}")
        (rows,) = week.fetchone()
        assert export(analyst, view, tmp_path / "x.parquet", ExportFormat.PARQUET) == rows
        assert export(analyst, view, tmp_path / "x.csv", ExportFormat.CSV) == rows
        assert pq.read_metadata(tmp_path / "x.parquet").num_rows == rows
        with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
            assert sum(1 for _ in csv.reader(file)) == rows + 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["x.csv", "x.parquet"]


def test_parquet_keeps_types_and_values(analyst, week, tmp_path):
    export(analyst, "reports", tmp_path / "reports.parquet", ExportFormat.PARQUET)
    table = pq.read_table(tmp_path / "reports.parquet")
    assert table.schema.field("article_id").type == pa.int64()
    assert table.schema.field("reported_at").type == pa.timestamp("us", tz="UTC")
    assert table.schema.field("lag").type == pa.duration("us")
    week.execute("select article_id, reported_at, lag, is_origin, title, borrowed_share from news.reports")
    expected = {row[0]: row for row in week.fetchall()}
    for row in table.to_pylist():
        names = ("article_id", "reported_at", "lag", "is_origin", "title", "borrowed_share")
        *exact, share = expected[row["article_id"]]
        assert [row[name] for name in names[:-1]] == exact
        assert row["borrowed_share"] == pytest.approx(share)
    export(analyst, "stories", tmp_path / "stories.parquet", ExportFormat.PARQUET)
    outlets = pq.read_table(tmp_path / "stories.parquet").column("outlets")
    assert outlets.type == pa.list_(pa.string())


def test_csv_is_iso_and_json(analyst, tmp_path):
    export(analyst, "us_china_military", tmp_path / "tags.csv", ExportFormat.CSV)
    with (tmp_path / "tags.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert datetime.fromisoformat(rows[0]["reported_at"]).utcoffset() == timedelta(0)
    assert json.loads(rows[0]["evidence"])[0]["rule"]


@pytest.mark.parametrize(
    ("view", "column"), [("articles", "day"), ("stories", "origin_reported_at"), ("tagged", "day")]
)
def test_a_range_takes_since_and_leaves_until(analyst, week, tmp_path, view, column):
    since, until = date(2026, 3, 4), date(2026, 3, 6)
    export(analyst, view, tmp_path / "x.parquet", ExportFormat.PARQUET, since=since, until=until)
    days = [str(value)[:10] for value in pq.read_table(tmp_path / "x.parquet").column(column).to_pylist()]
    assert set(days) == {"2026-03-04", "2026-03-05"}
    assert days == sorted(days)
    week.execute(f"select count(*) from news.{view} where {column} >= %s and {column} < %s", (since, until))
    assert week.fetchone() == (len(days),)


def test_the_feed_is_read_by_our_own_parser(analyst, week, tmp_path):
    count = export(analyst, "tagged_stories", tmp_path / "feed.xml", ExportFormat.RSS)
    feed = parse_feed((tmp_path / "feed.xml").read_bytes(), url="https://wirewatch.example/feed.xml", now=NOW)
    week.execute(
        "select title, url, date_trunc('second', reported_at) from news.tagged_stories order by reported_at desc"
    )
    expected = week.fetchall()
    found = [(entry.title, entry.url, entry.published_at) for entry in feed.entries]
    assert count == len(expected)
    assert sorted(found) == sorted(expected)
    assert [row[2] for row in found] == [row[2] for row in expected]


def test_hostile_text_stays_text_in_the_feed(cursor, database, tmp_path):
    title = "]]><script>alert(1)</script> & \x07\ufffe \U0001f600"
    cursor.execute(
        """
        create view news.hostile as
        select %s as title, 'https://a.example/?a=1&b=<2>' as url, now() as reported_at, '<b>x</b>' as summary;
        grant select on news.hostile to analyst
        """,
        (title,),
    )
    with Warehouse(database) as warehouse:
        export(warehouse, "hostile", tmp_path / "feed.xml", ExportFormat.RSS)
    body = (tmp_path / "feed.xml").read_text(encoding="utf-8")
    assert "<script" not in body
    feed = parse_feed(body.encode(), url="https://wirewatch.example/feed.xml", now=NOW)
    assert "\U0001f600" in feed.entries[0].title


def test_formulas_are_text_in_csv_unless_raw_is_asked_for(cursor, database, tmp_path):
    titles = [
        "=HYPERLINK(1)",
        "+cmd|' /C calc'!A0",
        "-1+1",
        "@SUM(1)",
        "\t=1",
        " =1",
        "\uff1d1",
        "Ship = sails",
        "\u2013 1",
    ]
    cursor.execute("create view news.formulas as select title, -5 as loss from unnest(%s) as title", (titles,))
    cursor.execute("grant select on news.formulas to analyst")

    def cells(**options: bool) -> list[list[str]]:
        with Warehouse(database) as warehouse:
            export(warehouse, "formulas", tmp_path / "x.csv", ExportFormat.CSV, **options)
        with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))[1:]

    assert [row[0] for row in cells()] == [*(f"'{title}" for title in titles[:7]), *titles[7:]]
    assert {row[1] for row in cells()} == {"-5"}
    assert [row[0] for row in cells(raw=True)] == titles


@pytest.mark.parametrize(
    ("view", "form", "options", "message"),
    [
        ("nothing", ExportFormat.CSV, {}, "there is no view 'nothing'; the views are actor_pairs"),
        ("article", ExportFormat.CSV, {}, "there is no view 'article'"),
        ('x"; drop table news.tag; --', ExportFormat.CSV, {}, "there is no view"),
        ("outlets", ExportFormat.CSV, {"since": date(2026, 3, 1)}, "outlets has no default date column"),
        ("articles", ExportFormat.CSV, {"by": "title"}, "articles has no time column 'title'; use --by with one of"),
        (
            "daily_events",
            ExportFormat.RSS,
            {},
            "daily_events can.t be written as RSS: it has no reported_at, title, url",
        ),
    ],
)
def test_mistakes_are_said_and_leave_no_file(analyst, tmp_path, view, form, options, message):
    with pytest.raises(ExportError, match=message.replace("(", r"\(")):
        export(analyst, view, tmp_path / "x", form, **options)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_on_the_way_leaves_what_was_there(cursor, database, tmp_path):
    cursor.execute(
        "create view news.breaking as select n, 1 / (6000 - n) as x from generate_series(1, 7000) as n;"
        "grant select on news.breaking to analyst"
    )
    target = tmp_path / "x.csv"
    target.write_text("before")
    with Warehouse(database) as warehouse, pytest.raises(WarehouseError, match="division by zero"):
        export(warehouse, "breaking", target, ExportFormat.CSV)
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_is_not_there(analyst, tmp_path):
    with pytest.raises(ExportError, match="can't write"):
        export(analyst, "outlets", tmp_path / "no" / "x.csv", ExportFormat.CSV)


def test_only_a_file_is_replaced(analyst, tmp_path):
    pipe, link = tmp_path / "pipe", tmp_path / "link.csv"
    os.mkfifo(pipe)
    link.symlink_to(tmp_path / "file.csv")
    with pytest.raises(ExportError, match="not a regular file"):
        export(analyst, "outlets", pipe, ExportFormat.CSV)
    assert pipe.is_fifo()
    with pytest.raises(ExportError, match="not a regular file"):
        export(analyst, "outlets", Path(), ExportFormat.CSV)
    assert export(analyst, "news.outlets", link, ExportFormat.CSV) > 0
    assert link.is_symlink()
    assert (tmp_path / "file.csv").is_file()


def test_the_command(week_database, tmp_path):
    command = ["export", "daily_events", "--since", "2026-03-04", "--until", "2026-03-06", "--format", "csv"]
    done = CliRunner().invoke(app, [*command, "-o", str(tmp_path / "x.csv"), "--dsn", week_database])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "x.csv").read_text().startswith("topic,day,event,core,")
    by_name = CliRunner().invoke(app, [*command[:-2], "-o", str(tmp_path / "z.csv"), "--dsn", week_database])
    assert by_name.exit_code == 0, by_name.output
    assert (tmp_path / "z.csv").read_text() == (tmp_path / "x.csv").read_text()
    refused = CliRunner().invoke(app, [*command[:-1], "xls", "-o", str(tmp_path / "y"), "--dsn", week_database])
    assert "one of parquet, csv, rss" in str(refused.exception)
    nowhere = CliRunner().invoke(app, ["status", "--warehouse", ""])
    assert "--warehouse is empty" in str(nowhere.exception)
    no_day = CliRunner().invoke(app, [*command[:3], "2026-03-06", *command[4:], "-o", str(tmp_path / "y")])
    assert "--since must be before --until" in str(no_day.exception)
