"""Watches, tokens, the API and what is taken out of the pages, without a browser."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Callable, Iterator
from html import unescape
from xml.etree import ElementTree

import psycopg2
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from tests.conftest import admin
from tests.newsroom.hostile import put_hostile_stories
from tests.newsroom.payloads import PAYLOADS
from tests.warehouse.conftest import WEEK
from wirewatch.newsroom import tokens
from wirewatch.newsroom.application import application
from wirewatch.newsroom.context import PageContext, Reader

pytestmark = [pytest.mark.filterwarnings("ignore::DeprecationWarning"), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def dsn(postgres, week_database) -> Iterator[str]:
    """A copy of the week that can be written to."""
    name = f"desk_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with admin(postgres) as opened:
        opened.execute(f"drop database if exists {name} with (force)")
        opened.execute(f"create database {name} template {WEEK}")
        yield postgres.dsn(name)
        opened.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="module")
def as_reader(dsn) -> Callable[..., TestClient]:
    """The pages for a reader of that name."""

    def client(name: str = "ana", *, may_edit: bool = False) -> TestClient:
        reader = Reader(name, name, may_edit)
        return TestClient(application(PageContext(reader=lambda: reader, warehouse_dsn=lambda: dsn, secret="s" * 32)))

    return client


@pytest.fixture
def sql(dsn) -> Iterator[psycopg2.extensions.cursor]:
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        yield cursor
    connection.close()


def form_token(client: TestClient, path: str = "/watches") -> str:
    return re.search(r'name="token" value="([^"]+)"', client.get(path).text).group(1)


def make_token(client: TestClient, name: str = "notebook") -> str:
    page = client.post("/tokens", data={"token": form_token(client, "/tokens"), "name": name})
    return re.search(r"ww_[\w-]+", page.text).group(0)


def make_watch(client: TestClient, **filters: str) -> int:
    data = {"token": form_token(client), "name": "Strait <b>", **filters}
    answer = client.post("/watches", data=data, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].rpartition("/")[2])


@pytest.mark.parametrize("name", ["articles", "stories", "events", "attention"])
def test_each_form_says_the_same(as_reader, name):
    client = as_reader()
    data = client.get(f"/out/{name}").json()["data"]
    assert len(data) > 5
    rows = list(csv.DictReader(io.StringIO(client.get(f"/out/{name}?format=csv").text)))
    table = pq.read_table(io.BytesIO(client.get(f"/out/{name}?format=parquet").content))
    assert len(rows) == len(data) == table.num_rows
    assert list(rows[0]) == list(data[0]) == table.column_names
    key = "period" if name == "attention" else "reported_at"
    assert [row[key] for row in rows] == [row[key] for row in data]
    answer = client.get(f"/out/{name}?format=rss")
    if name == "attention":
        assert answer.status_code == 422
        return
    items = ElementTree.fromstring(answer.content).findall("channel/item")
    assert [item.findtext("title") for item in items] == [row["title"] for row in data]


@pytest.mark.parametrize("name", ["articles", "stories", "events"])
def test_pages_of_a_list_are_the_list(as_reader, name):
    client = as_reader()
    whole = client.get(f"/out/{name}").json()["data"]
    paged, before = [], ""
    while True:
        answer = client.get(f"/out/{name}", params={"n": 7, "before": before})
        paged += answer.json()["data"]
        before = answer.json()["next"]
        assert (before is None) == ("link" not in answer.headers)
        if before is None:
            break
    assert paged == whole


def test_a_page_and_its_export_show_the_same_stories(as_reader):
    client = as_reader()
    page = client.get("/?event=talks&language=zh").text
    address = unescape(re.search(r'href="(/out/stories[^"]*format=json[^"]*)"', page).group(1))
    shown = {int(story) for story in re.findall(r'href="/stories/(\d+)"', page)}
    assert {row["story_id"] for row in client.get(address).json()["data"]} == shown


@pytest.mark.parametrize(
    "query",
    ["n=0", "n=10001", "since=x", "relevance=much", "format=xls", "by=year", "topic=none"],
)
def test_a_wrong_parameter_is_named(as_reader, query):
    client = as_reader()
    token = make_token(client)
    name = "attention" if query.startswith("by") else "articles" if not query.startswith("topic") else "stories"
    answer = client.get(f"/api/{name}?{query}", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (404, 422)
    assert (query.split("=")[0] if not query.startswith("topic") else "no such topic") in answer.json()["error"]


@pytest.mark.parametrize("bad", ["%00", "%27%3B", "%25", "(", "%F0%9F%92%A5", "x" * 900])
@pytest.mark.parametrize("name", ["query", "event", "outlet", "bloc", "entity", "before", "language"])
def test_no_value_breaks_a_list(as_reader, name, bad):
    assert as_reader().get(f"/out/articles?{name}={bad}").status_code == 200


def test_a_token_reads_until_it_is_revoked(as_reader, sql):
    client = as_reader()
    token = make_token(client)
    sql.execute("select count(*) from news.access_token where digest = %s or name = %s", [token, token])
    assert sql.fetchone() == (0,), "the token itself is not kept"
    bearer = {"Authorization": f"Bearer {token}"}
    for path in ("articles", "stories", "events", "attention", "openapi.json"):
        assert client.get(f"/api/{path}", headers=bearer).status_code == 200
        assert client.get(f"/api/{path}").status_code == 401
        assert client.get(f"/api/{path}", headers={"Authorization": token}).status_code == 401
        assert client.get(f"/api/{path}", headers={"Authorization": "Bearer ww_x"}).status_code == 401
    sql.execute("select token_id from news.access_token order by token_id desc limit 1")
    number = sql.fetchone()[0]
    other = as_reader("ben", may_edit=True)
    other.post(f"/tokens/{number}/revoke", data={"token": form_token(other, "/tokens")})
    assert client.get("/api/articles", headers=bearer).status_code == 200, "it is not his"
    client.post(f"/tokens/{number}/revoke", data={"token": form_token(client, "/tokens")})
    assert client.get("/api/articles", headers=bearer).status_code == 401
    assert client.post("/api/articles", headers=bearer).status_code == 405


def test_requests_are_limited(as_reader, monkeypatch):
    monkeypatch.setattr(tokens, "REQUESTS_A_MINUTE", 3)
    client = as_reader()
    bearer = {"Authorization": f"Bearer {make_token(client)}"}
    answers = [client.get("/api/articles?n=1", headers=bearer) for _ in range(8)]
    # A new minute may begin in between.
    assert [answer.status_code for answer in answers].count(429) >= 2
    assert next(answer for answer in answers if answer.status_code == 429).headers["retry-after"] == "60"


def test_openapi_describes_each_list(as_reader):
    client = as_reader()
    document = client.get("/api/openapi.json", headers={"Authorization": f"Bearer {make_token(client)}"}).json()
    assert {"/articles", "/stories", "/events", "/attention", "/watches/{watch_id}.rss"} <= document["paths"].keys()
    named = {one["name"] for one in document["paths"]["/articles"]["get"]["parameters"]}
    assert {"query", "relevance", "entity", "since", "before", "n", "format"} <= named


def test_watch_this_leads_to_a_watch_and_its_feed(as_reader, sql):
    client = as_reader("ed", may_edit=True)
    page = client.get("/search?q=%22Taiwan+Strait%22&relevance=core").text
    form = client.get(unescape(re.search(r'href="(/watches\?[^"]+)#make"', page).group(1))).text
    assert 'value="&#34;Taiwan Strait&#34;"' in form
    number = make_watch(client, query='"Taiwan Strait"', relevance="core", per="event", digest_hour="6")
    sql.execute("select owner, filters, per, digest_hour, channels from news.watch where watch_id = %s", [number])
    assert sql.fetchone() == ("ed", {"query": '"Taiwan Strait"', "relevance": "core"}, "event", 6, None)
    sql.execute("select count(*) from news.matches('\"Taiwan Strait\"', relevance => 'core')")
    matching = sql.fetchone()[0]
    shown = client.get(f"/watches/{number}").text
    assert shown.count('href="/outlets/') == min(matching, 25) > 0
    assert "Strait &lt;b&gt;" in shown
    page = client.post(f"/watches/{number}/token", data={"token": form_token(client)}).text
    address = unescape(re.search(r"http://testserver(/api/watches/[^<]+)", page).group(1))
    feed = ElementTree.fromstring(client.get(address).content)
    assert len(feed.findall("channel/item")) == matching
    token = address.partition("token=")[2]
    assert client.get("/api/articles", headers={"Authorization": f"Bearer {token}"}).status_code == 403
    other = make_watch(client, event="talks")
    assert client.get(f"/api/watches/{other}.rss?token={token}").status_code == 403
    assert client.get(f"/api/watches/{number}.rss?token=ww_no").status_code == 401
    client.post(f"/watches/{number}/remove", data={"token": form_token(client)})
    assert client.get(address).status_code == 404
    assert client.get(f"/watches/{number}").status_code == 404


def test_who_may_change_a_watch(as_reader, sql):
    viewer, other, editor = as_reader("vi"), as_reader("ot"), as_reader("ed", may_edit=True)
    number = make_watch(viewer, event="talks")
    sql.execute("select channels from news.watch where watch_id = %s", [number])
    assert sql.fetchone() == ([],), "a viewer's watch sends no messages"
    assert other.post(f"/watches/{number}/pause", data={"token": form_token(other)}).status_code == 403
    assert viewer.post(f"/watches/{number}/pause", data={"token": "x"}).status_code == 403
    assert viewer.post(f"/watches/{number}/pause", data={"token": form_token(viewer)}).status_code == 200
    assert "Paused since" in viewer.get(f"/watches/{number}").text
    assert editor.post(f"/watches/{number}/resume", data={"token": form_token(editor)}).status_code == 200
    sql.execute("select paused_at from news.watch where watch_id = %s", [number])
    assert sql.fetchone() == (None,)
    assert viewer.post("/watches", data={"token": form_token(viewer), "name": "all"}).status_code == 422
    assert viewer.post(f"/watches/{number}/burn", data={"token": form_token(viewer)}).status_code == 422


def test_hostile_text_stays_text(as_reader, dsn):
    put_hostile_stories(dsn)
    client = as_reader()
    rows = list(csv.reader(io.StringIO(client.get("/out/articles?query=Lead&format=csv&n=60").text)))
    assert len(rows) > 50
    assert not [cell for row in rows for cell in row if re.match(r"\s*[=+@]", cell)]
    feed = client.get("/out/articles?query=Lead&format=rss&n=60")
    assert len(ElementTree.fromstring(feed.content).findall("channel/item")) > 50
    assert feed.headers["x-content-type-options"] == "nosniff"
    data = json.loads(client.get("/out/articles?query=Lead&n=60").text)["data"]
    assert any(PAYLOADS[0] in row["title"] for row in data)
    for bad in PAYLOADS:
        page = client.get("/watches", params={"query": bad, "event": bad, "outlet": bad}).text
        assert bad not in page or "<" not in bad
