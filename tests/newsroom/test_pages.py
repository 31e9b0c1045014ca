"""The pages as they are served, without a browser: what each filter lets through, and what no address can break."""

from __future__ import annotations

import re

import psycopg2
import pytest
from starlette.testclient import TestClient

from wirewatch.newsroom.application import application
from wirewatch.newsroom.context import PageContext, Reader

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def client(week_database: str) -> TestClient:
    """The pages over the sample week, for a viewer."""
    reader = Reader("7", "reader", False)
    context = PageContext(reader=lambda: reader, warehouse_dsn=lambda: week_database, secret="s" * 32)
    return TestClient(application(context))


def stories(client: TestClient, query: str) -> set[int]:
    answer = client.get(f"/?relevance=any&{query}")
    assert answer.status_code == 200
    return {int(story) for story in re.findall(r'href="/stories/(\d+)"', answer.text)}


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        ("event=talks", "event = 'talks'"),
        ("event=arms_sale_aid&language=zh", "event = 'arms_sale_aid' and 'zh' = any (languages)"),
        ("outlet=harbor_ledger", "outlet_ids && array(select outlet_id from news.outlet where key = 'harbor_ledger')"),
        ("perspective=taiwan", "outlet_ids && array(select outlet_id from news.outlet where perspective = 'taiwan')"),
        ("since=2026-03-05&until=2026-03-05", "(reported_at at time zone 'UTC')::date = '2026-03-05'"),
        ("language=xx", "false"),
    ],
)
def test_a_filter_lets_through_what_it_names(client, week_database, query, condition):
    with psycopg2.connect(week_database) as connection, connection.cursor() as cursor:
        cursor.execute(f"select story_id from news.story_topic where {condition} order by reported_at desc limit 25")
        wanted = {story for (story,) in cursor.fetchall()}
    connection.close()
    assert stories(client, query) == wanted
    assert wanted or query == "language=xx"


@pytest.mark.parametrize("query", ["台湾海峡", "台灣海峽", "南海", "解放军", "解放軍", "Taiwan Strait", "buques"])
def test_search_marks_what_it_found(client, query):
    answer = client.get("/search", params={"q": query})
    assert "answer" in answer.text
    assert answer.text.count("<mark>") > 0


@pytest.mark.parametrize(
    "query", ["", "   ", '"', "-", "or", "a & b | !", "\\", "%", "'", "<b>", "(", "x" * 5000, "\x00"]
)
def test_no_query_breaks_the_search(client, query):
    assert client.get("/search", params={"q": query}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/stories/0", 404),
        ("/stories/99999999999999999999999", 404),
        ("/stories/x", 422),
        ("/stories/1?article=99999999999999999999", 404),
        ("/stories/1?version=7", 404),
        ("/stories/1?version=-99999999999999", 404),
        ("/stories/1?version=x", 422),
        ("/?topic=nothing", 404),
        ("/?before=x_y&since=0000-00-00&until=9999-12-31&relevance=%00", 200),
        ("/?before=99999999999999999999999_1", 200),
        ("/?event=%00&outlet=%00&perspective=%00&language=%00", 200),
        ("/?outlet=%27%3Bdrop&event=%3Cscript%3E", 200),
        ("/search?q=a&page_number=-3&since=x", 200),
        ("/search?q=a&language=%00&outlet=%00&relevance=%00&page_number=99999999999", 200),
        ("/pipeline?window=%00", 200),
        ("/trends?days=-1&until=0001-01-01", 200),
        ("/events?before=x&bloc=%00&event=%00&since=9999-12-31", 200),
        ("/events?single=x", 422),
        ("/events/0", 404),
        ("/events/99999999999999999999999", 404),
        ("/outlets/%00", 404),
        ("/outlets/nobody", 404),
        ("/outlets/harbor_ledger?since=0001-01-01&until=9999-12-31", 200),
        ("/outlets/harbor_ledger?since=1901-01-01&until=1900-01-01", 200),
        ("/entities?q=%25%27%00&kind=x", 200),
        ("/entities/%00", 404),
        ("/entities/pla?before=x&since=x&until=2026-03-08", 200),
        ("/review?topic=none", 404),
        ("/static/..%2Fhouse.py", 404),
        ("/static/newsroom-OFL.txt", 404),
    ],
)
def test_no_address_breaks_a_page(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status, answer.text[:500]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/?", "/search?q=China&"])
def test_what_can_not_be_read_of_an_address_is_said(client, path):
    answer = client.get(f"{path}since=abc&until=2026-03-04&outlet=%3Cnobody%3E").text
    assert "Ignored, not a date (use YYYY-MM-DD): since=abc." in answer
    assert "Not known, so that nothing can match: outlet=&lt;nobody&gt;." in answer
    assert '<option value="&lt;nobody&gt;" selected>&lt;nobody&gt; (unknown)</option>' in answer
    assert "not a date" not in client.get(f"{path}since=2026-03-01").text


def test_an_undated_article_is_marked_and_has_no_lag(client, week_database):
    with psycopg2.connect(week_database) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select story_id, article_id, origin_article_id from news.article join news.article_version"
            " using (article_id, version) join news.story using (story_id) where published_at is null"
            " and exists (select from news.story_topic where story_topic.story_id = article.story_id)"
        )
        undated = cursor.fetchall()
    connection.close()
    copies = {story for story, article, origin in undated if article != origin}
    origins = {story for story, article, origin in undated if article == origin}
    assert copies
    assert origins
    assert client.get("/?relevance=any").text.count("seen, no date") == len(origins)
    assert "have no publication date" in client.get("/trends").text
    for story in copies:
        page = client.get(f"/stories/{story}").text
        assert "no date, first seen" in page
        assert not re.search(r"\+\d\d+ d\b", page), "months after a story of last week"


def test_the_heaviest_words_come_first_and_the_model_apart(client, week_database):
    with psycopg2.connect(week_database) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select story_id, count(*) filter (where field <> 'model'), count(*) from news.tag join news.evidence"
            " using (tag_id) join news.story on origin_article_id = article_id group by tag_id, story_id"
            " having count(*) filter (where field <> 'model') > 8 order by 2 desc limit 1"
        )
        story, words, rows = cursor.fetchone()
    connection.close()
    page = client.get(f"/stories/{story}").text
    first, more, rest = re.split("<details class=.more.>|<h3 class=.small.>The article as a whole", page)
    assert first.count('<span class="rule">') == 8
    assert f"{words - 8} more of the exact words" in more
    assert rest.count('<span class="rule">') == rows - words
    assert f"Sum of {rows} reasons" in rest


def test_a_merged_story_leads_to_the_one_that_took_it_over(client, week_database):
    connection = psycopg2.connect(week_database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("select min(story_id), max(story_id) from news.story")
        first, last = cursor.fetchone()
        cursor.execute("update news.story set merged_into = %s where story_id = %s", (first, last))
        answer = client.get(f"/stories/{last}", follow_redirects=False)
        cursor.execute("update news.story set merged_into = null where story_id = %s", (last,))
    connection.close()
    assert answer.headers["location"] == f"/stories/{first}"


def test_a_missing_warehouse_is_said_in_words():
    context = PageContext(
        reader=lambda: Reader("7", "r", False), warehouse_dsn=lambda: "postgresql://127.0.0.1:9/x", secret="s"
    )
    answer = TestClient(application(context)).get("/")
    assert answer.status_code == 503
    assert "make up" in answer.text


def test_a_page_writes_nothing(week_database):
    context = PageContext(reader=lambda: Reader("7", "r", True), warehouse_dsn=lambda: week_database, secret="s")
    from wirewatch.errors import WarehouseError

    with pytest.raises(WarehouseError, match="read-only"), context.reading() as rows:
        rows.poll_feed_now(feed_id=1)


def test_pages_ask_a_bounded_number_of_queries(client, monkeypatch):
    counted: list[str] = []
    run = psycopg2.extras.NamedTupleCursor.execute
    monkeypatch.setattr(
        psycopg2.extras.NamedTupleCursor, "execute", lambda self, sql, *a: (counted.append(sql), run(self, sql, *a))[1]
    )
    paths = (
        "/", "/?relevance=any", "/?outlet=nobody", "/stories/1", "/search?q=Taiwan", "/feeds", "/pipeline", "/trends",
        "/review", "/events", "/events/33", "/outlets/harbor_ledger", "/entities", "/entities/pla",
    )  # fmt: skip
    for path in paths:
        counted.clear()
        assert client.get(path).status_code == 200
        assert len(counted) <= 10, (path, counted)
