"""Stories that only a script would show: in the page's state or in a template."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.articles import pages
from wirewatch.articles.extraction.extract import extract
from wirewatch.errors import ExtractionError

NOW = datetime(2026, 11, 29, tzinfo=UTC)
SHELL = '<div id="app"><div class="loading">Loading…</div></div>'
HEAD = f'<meta property="og:title" content="{pages.TITLE}">'
HTML = "".join(f"<p>{text}</p>" for text in pages.STORY)


def read(script: str):
    return extract(pages.page(SHELL + script, head=HEAD), url="https://harbour.example/a", now=NOW)


def state(**fields: object) -> str:
    story = {"headline": pages.TITLE, "byline": "By Jane Roe", "publishedAt": "2026-06-03T09:15:00Z", **fields}
    return json.dumps({"props": {"menu": [{"title": "World"}], "pageProps": {"story": story}}})


@pytest.mark.parametrize(
    "body",
    [
        {"body": [{"type": "paragraph", "text": text} for text in pages.STORY]},
        {"blocks": [{"type": "p", "children": [{"text": text[:50]}, {"text": text[50:]}]} for text in pages.STORY]},
        {"content": HTML},
        {"text": "\n\n".join(pages.STORY)},
        {
            "parts": [
                *pages.STORY,
                {"type": "related-links", "text": "Another story of ours that nobody asked for. " * 3},
            ]
        },
    ],
    ids=["objects", "leaves", "HTML", "plain text", "with links to other stories"],
)
def test_a_story_in_state_is_read(body):
    article = read(f'<script id="__NEXT_DATA__" type="application/json">{state(**body)}</script>')
    assert article.text.split("\n") == list(pages.STORY)
    assert (article.title, article.authors) == (pages.TITLE, ("Jane Roe",))
    assert article.published_at == datetime(2026, 6, 3, 9, 15, tzinfo=UTC)
    assert article.text_source == "state"


@pytest.mark.parametrize(
    "script",
    [
        f"<script>window.__INITIAL_STATE__ = {state(content=HTML)};</script>",
        f"<script>window.__DATA__ = JSON.parse({json.dumps(state(content=HTML))})</script>",
        "<script>self.__next_f.push([1, " + json.dumps("7:" + state(content=HTML) + "\n") + "])</script>",
    ],
    ids=["assigned", "parsed", "streamed"],
)
def test_state_in_scripts_is_read(script):
    article = read(script)
    assert article.text.split("\n") == list(pages.STORY)
    assert article.text_source == "state"


def test_a_story_in_a_template_is_read():
    article = read(f"<template><article><h1>{pages.TITLE}</h1>{HTML}</article></template>")
    assert article.text.split("\n") == list(pages.STORY)
    assert article.text_source == "template"


def test_a_shown_story_wins_over_state():
    page = pages.page(
        f"<article><h1>{pages.TITLE}</h1>{HTML}</article><script type='application/json'>{state()}</script>"
    )
    assert extract(page, url="https://harbour.example/a", now=NOW).text_source == "page"


@pytest.mark.parametrize(
    "script",
    [
        '<script type="application/json">{"broken": </script>',
        '<script type="application/json">' + "[" * 100_000 + "</script>",
        f'<script type="application/json">{json.dumps({"headline": "Another", "body": list(pages.STORY)})}</script>',
        f"<script>window.__STATE__ = {'{' * 5000}</script>",
    ],
    ids=["broken", "deep", "another story's", "an open end"],
)
def test_state_without_the_story_changes_nothing(script):
    with pytest.raises(ExtractionError):
        read(script)
