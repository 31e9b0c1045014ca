"""`wirewatch extract --jsonl`: one line out for each line in, in order."""

import base64
import io
import json

import pytest

from tests.articles import pages
from wirewatch.articles.filters import extract_lines, page_from_json
from wirewatch.jsonl import read_lines


def run(*lines):
    stream = io.BytesIO(
        b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
    )
    out = list(extract_lines(read_lines(stream)))
    json.dumps(out)
    return out


def test_pages_come_out_in_order_with_what_was_read():
    encoded = base64.b64encode(pages.CHINESE).decode()
    out = run(
        {"id": 1, "url": "https://www.harbour.example/2026/06/03/emergency-line/", "html": pages.JSON_LD},
        {"id": "two", "html_base64": encoded},
        *({"id": n, "html": pages.FLASH} for n in range(40)),
    )
    assert [record["id"] for record in out] == [1, "two", *range(40)]
    first = out[0]
    assert first["text"].split("\n") == [pages.STANDFIRST, *pages.STORY]
    assert first["title"] == pages.TITLE
    assert first["authors"] == ("Jane Roe", "John Doe")
    assert first["published_at"] == "2026-06-03T09:15:00+02:00"
    assert first["published_source"] == "html:json-ld"
    assert first["language"] == "en"
    assert first["canonical_url"] == "https://www.harbour.example/2026/06/03/emergency-line/"
    assert first["dates"][0] == {
        "source": "html:json-ld",
        "raw": "2026-06-03T09:15:00+02:00",
        "value": "2026-06-03T09:15:00+02:00",
        "zone_assumed": False,
        "rejected": None,
    }
    assert out[1]["language"] == "zh"


def test_bad_lines_and_refused_pages_keep_their_place():
    out = run(
        {"id": 1, "html": pages.FLASH},
        b"not json",
        {"id": 3},
        {"id": 4, "html": "<p>a", "html_base64": "YQ=="},
        {"id": 5, "html_base64": "!!"},
        {"id": 6, "html": 7},
        {"id": 7, "url": "ftp://example.org/a", "html": pages.FLASH},
        b"",
        {"id": 9, "url": "https://harbour.example/", "html": pages.INDEX},
        {"id": 10, "html": pages.FLASH},
    )
    assert [record["id"] for record in out] == [1, None, 3, 4, 5, 6, 7, None, 9, 10]
    assert [n for n, record in enumerate(out) if "error" not in record] == [0, 9]
    assert out[8]["reason"] == "not_article"
    assert "line 2" in out[1]["error"]
    assert "ftp://example.org/a" in out[6]["error"]


def test_no_lines_are_no_lines():
    assert run() == []


def test_the_page_of_a_record():
    assert page_from_json({"url": "https://Example.org/a#b", "html": "<p>x"}) == ("<p>x", "https://example.org/a")
    assert page_from_json({"url": None, "html_base64": "PHA+eA=="})[0] == b"<p>x"
    assert page_from_json({"html_base64": "PHA+\neA==\n"})[0] == b"<p>x"
    with pytest.raises(ValueError, match="html or as html_base64"):
        page_from_json({"id": 1})
