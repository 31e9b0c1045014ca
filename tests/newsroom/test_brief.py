"""The daily brief: each line is counted by the warehouse and leads to its evidence; as a page, HTML and PDF."""

from __future__ import annotations

import re
from datetime import date

import pytest
from typer.testing import CliRunner

from tests.newsroom.test_pages import client  # noqa: F401 - a fixture
from tests.warehouse.conftest import week  # noqa: F401 - a fixture
from wirewatch.cli import app

pytestmark = [pytest.mark.filterwarnings("ignore::DeprecationWarning"), pytest.mark.timeout(900)]

DAY = date(2026, 3, 6)


def test_its_counts_and_events_are_those_of_the_views(client, week):  # noqa: F811
    page = client.get(f"/brief?day={DAY}").text
    week.execute(
        "select count(*), count(tagged.article_id), count(tagged.article_id) filter (where tagged.is_origin)"
        " from news.collected left join news.tagged on tagged.article_id = collected.article_id"
        " and tagged.relevance = 'core' where collected.day = %s",
        [DAY],
    )
    collected, core, independent = week.fetchone()
    assert f"{core} core articles of {collected} collected" in page
    assert f"{independent} independent, against" in page
    week.execute(
        "select distinct event_id from news.event_reports join news.tagged using (article_id)"
        " where tagged.relevance = 'core' and event_reports.is_origin and event_reports.day = %s",
        [DAY],
    )
    events = {event for (event,) in week.fetchall()}
    linked = {int(event) for event in re.findall(r'href="/events/(\d+)"', page)}
    assert linked <= {event for (event,) in events_of(week)}
    assert len(events & linked) >= 0.9 * len(events) > 0


def events_of(analyst) -> list[tuple[int]]:
    analyst.execute("select event_id from news.events")
    return analyst.fetchall()


def test_each_line_leads_to_its_evidence(client):  # noqa: F811
    page = client.get(f"/brief?day={DAY}").text
    links = set(re.findall(r'href="(/(?:events|stories)/[^"]+)"', page))
    assert len(links) > 10
    assert all(client.get(link.replace("&amp;", "&")).status_code == 200 for link in links)


@pytest.mark.parametrize("query", ["", "?day=x", "?day=0001-01-01", "?day=2026-02-01", "?day=%00"])
def test_no_day_breaks_it(client, query):  # noqa: F811
    assert client.get(f"/brief{query}").status_code == 200


def test_a_day_without_news_says_so(client):  # noqa: F811
    assert "Nothing was collected on this day." in client.get("/brief?day=2026-02-01").text


def test_the_command_writes_html_and_pdf(week_database, tmp_path):
    run = ["brief", "--day", str(DAY), "--warehouse", week_database, "--address", "https://news.example/newsroom"]
    assert CliRunner().invoke(app, [*run, "-o", str(tmp_path / "b.html")]).exit_code == 0
    document = (tmp_path / "b.html").read_text()
    assert 'href="https://news.example/newsroom/events/' in document
    assert "src=" not in document, "it loads nothing"
    pytest.importorskip("weasyprint", exc_type=(ImportError, OSError))
    assert CliRunner().invoke(app, [*run, "-o", str(tmp_path / "b.pdf")]).exit_code == 0
    assert (tmp_path / "b.pdf").read_bytes().startswith(b"%PDF")
