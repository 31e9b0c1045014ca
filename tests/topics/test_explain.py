"""`wirewatch explain`: the same account for people and machines, from every source, and errors that say the fix."""

from __future__ import annotations

import base64
import io
import json
import re
from datetime import UTC, datetime

import pytest
from rich.console import Console
from typer.testing import CliRunner

from tests.articles import pages
from tests.topics.conftest import CLASH
from wirewatch.articles.single import article_at, article_from_bytes, stored_article
from wirewatch.cli import app
from wirewatch.demo.sample_web import SampleWeb
from wirewatch.errors import ExtractionError, FetchError, WirewatchError
from wirewatch.topics.explaining import account_of, accounts_json
from wirewatch.topics.showing import shown

NOW = datetime(2026, 3, 5, tzinfo=UTC)
TEXT = (
    f"{CLASH[0]}\n\n{CLASH[1]}\n\nNothing to see here.\n\nNor here.\n\nThe cricket was better. Beijing said nothing.\n"
)


@pytest.fixture
def topics_folder(write_topic, monkeypatch):
    """The small topic is the only one."""
    monkeypatch.setenv("WIREWATCH_TOPICS", str(write_topic().parent))


@pytest.fixture
def explain(topics_folder, tmp_path, monkeypatch):
    """Runs the command; gives its output. Raises what `main` would print."""
    monkeypatch.setenv("WIREWATCH_HOME", str(tmp_path / "home"))

    def run(*arguments: str, text: bytes | None = None) -> str:
        result = CliRunner().invoke(app, ["explain", *arguments], input=text, env={"COLUMNS": "120"})
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return run


@pytest.fixture
def text_file(tmp_path):
    """TEXT in a file."""
    path = tmp_path / "story.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_text_is_explained_to_people(explain, text_file):
    said = explain(str(text_file), "--on", "2025-05-01")
    lines = [re.sub(r"\s+", " ", line).strip() for line in said.splitlines()]
    for expected in (
        "related, probability of core 0.12, of core or related 0.73",
        CLASH[0],
        "… 3 paragraphs without evidence",
        "core bias -2.00 for +4.00 against -4.00 = sum -2.00; core from +0.00",
        "related bias -1.00 for +2.00 against +0.00 = sum +1.00; related from +0.00, this sum decided",
        "event clash +0.67 clash +0.67",
        "other +0.10",
        "bias every article -1.00",
        "score +1.00",
        "Asha Rao person IN army_chief 1 General Rao",
    ):
        assert expected in lines, (expected, said)


def test_the_words_are_marked_in_colour(border):
    article = article_from_bytes(TEXT.encode(), name="a text", now=NOW)
    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard", width=200, highlight=False)
    console.print(shown(account_of(article, border)))
    said = console.file.getvalue()
    assert re.search(r"\x1b\[[\d;]*42m(Indian|Chinese|India)\x1b", said), "green speaks for"


def test_a_page_can_not_speak_to_the_terminal(border):
    article = article_from_bytes(
        b"Border\x1b[2J clash\nAn \x07Indian\xc2\x9b31m soldier of the Chinese border.", name="a text", now=NOW
    )
    console = Console(file=io.StringIO(), width=200, highlight=False)
    console.print(shown(account_of(article, border)))
    assert not {"\x1b", "\x07", "\x9b"} & set(console.file.getvalue())


def test_machines_get_the_same_account(explain, text_file, border):
    said = json.loads(explain(str(text_file), "--json", "--on", "2025-05-01"))
    (one,) = said["topics"]
    assert (one["topic"], one["rules_version"]) == (border.name, border.version)
    related = one["sums"]["related"]
    assert one["decided_by"] == "relevant"
    assert related["sum"] == pytest.approx(sum(row["weight"] for row in one["evidence"])) == pytest.approx(1.0)
    assert related["sum"] == pytest.approx(related["bias"] + sum(part["share"] for part in one["features"]))
    for row in one["evidence"]:
        if row["field"] != "model":
            assert said[row["field"]][row["start"] : row["end"]] == row["term"]
    general = next(entity for entity in one["entities"] if entity["entity"] == "general_rao")
    assert (general["role"], general["country"], general["times"]) == ("army_chief", "IN", 1)
    (feature,) = one["features"]
    assert (feature["feature"], feature["weight"], feature["share"]) == ("head_both", 2.0, 2.0)
    assert list(one["sums"]["events"]) == ["clash", "other"]


def test_every_kind_of_source_is_read_alike(explain, tmp_path, border):
    """A page, the JSON of a page, the JSON of an article, standard input."""
    page = tmp_path / "page.html"
    page.write_bytes(pages.JSON_LD.encode() if isinstance(pages.JSON_LD, str) else pages.JSON_LD)
    read = article_from_bytes(page.read_bytes(), name="page", now=NOW)
    expected = accounts_json([account_of(read, border)])["topics"]
    assert read.title
    assert json.loads(explain(str(page), "--json"))["topics"] == expected
    encoded = json.dumps({"html_base64": base64.b64encode(page.read_bytes()).decode()})
    assert json.loads(explain("-", "--json", text=encoded.encode()))["topics"] == expected
    moment = read.published_at.isoformat() if read.published_at else None
    written = {"title": read.title, "text": read.text, "language": read.language, "published_at": moment}
    assert json.loads(explain("-", "--json", text=json.dumps(written).encode()))["topics"] == expected


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty; give a text"),
        (b" \n ", "empty; give a text"),
        (b"%PDF-1.7 \xff\xfe\x00", "neither HTML nor JSON nor text in UTF-8"),
        ("Überschrift\nText".encode("latin-1"), "neither HTML nor JSON nor text in UTF-8"),
        (b'{"title": "x"', "looks like JSON but is not valid"),
        (b"{" * 200_000, "looks like JSON but is not valid"),
        (b'{"title": "x"}', "text is missing; give an object with title and text"),
        (b'{"text": 7}', "text must be a text, not int"),
        (b'{"text": "x", "published_at": "soon"}', "give an object with title and text"),
        (b'{"html": "<p>x", "html_base64": "eA=="}', "as one of them only"),
        (b"<!doctype html><title>x</title>", "no article in this page"),
        (b"x" * (10 * 1024 * 1024 + 1), "is not read"),
    ],
)
def test_what_is_no_article_is_said(data, message):
    with pytest.raises(WirewatchError, match=re.escape(message)) as raised:
        article_from_bytes(data, name="story.txt", now=NOW)
    assert str(raised.value).startswith("story.txt: ")


def test_wrong_arguments_are_said(explain, tmp_path, text_file):
    for arguments, message in (
        ((), "give a file, a URL, - for standard input"),
        ((str(text_file), "--article", "7"), "give a file, a URL, - for standard input"),
        ((str(tmp_path / "missing"),), "can't be read: No such file"),
        ((str(tmp_path),), "can't be read: Is a directory"),
        ((str(text_file), "--topic", "weather"), "unknown topic 'weather'; .* has india_china_border"),
        (("https://news.example/1",), "nothing was set up under .*; run `make up`"),
    ):
        with pytest.raises(WirewatchError, match=message):
            explain(*arguments)


def test_an_address_is_visited_as_the_pipeline_does(warehouse, settings):
    with SampleWeb.running(now=datetime(2026, 3, 6, 12, tzinfo=UTC)) as newsroom:
        truth = next(one for one in newsroom.truth().values() if one.relevance == "core")
        read = article_at(truth.url, warehouse, settings)
        assert read.title == truth.title
        with pytest.raises(FetchError, match="404"):
            article_at(truth.url + "-missing", warehouse, settings)
        with warehouse.transaction() as rows:
            rows.save_robots(host=truth.url.split("/")[2], status=200, text="User-agent: *\nDisallow: /", valid_s=99)
        with pytest.raises(FetchError, match=r"robots\.txt"):
            article_at(truth.url, warehouse, settings)
    guarded = settings.model_copy(update={"allow_addresses": ()})
    with pytest.raises(FetchError, match=r"127\.0\.0\.1"):
        article_at("http://127.0.0.1:9/", warehouse, guarded)


def test_an_article_of_the_warehouse(warehouse, articles):
    read = stored_article(articles[0], warehouse)
    assert (read.title, read.text) == CLASH
    assert read.published_at == datetime(2025, 5, 1, tzinfo=UTC)
    with pytest.raises(WirewatchError, match="there is no article 99"):
        stored_article(99, warehouse)


def test_a_page_without_an_article_names_the_file(tmp_path):
    with pytest.raises(ExtractionError) as raised:
        article_from_bytes(b"<html><body></body></html>", name="page.html", now=NOW)
    assert "unknown.invalid" not in str(raised.value)
