"""Stories that a page doesn't show, because a script is to show them (pure): in its state, or in a template.

State is JSON: `<script type="application/json">` (Next's `__NEXT_DATA__`), an assignment (`window.__STATE__ = {…}`), a
piece of Next's stream (`self.__next_f.push([1, "…"])`). Its story is the list of paragraphs, or the string of HTML,
that holds most running text; what is around it names headline, authors and date. From both a page is made that is
read as any other. Only looked at when the page itself shows no story.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter

from lxml.etree import tostring
from lxml.html import HtmlElement

from wirewatch.articles.extraction.boilerplate import fold
from wirewatch.articles.extraction.json_ld import Node, listed, read_values, text_of_value
from wirewatch.text.html import text_of

_MAX_DEPTH = 40
_LEAST_SCRIPT = 500
_RUNNING = 80
_LEAST_PARAGRAPHS = 2
_LEAST_LENGTH = 300
"""Characters in running paragraphs from which state holds a story."""
_ASSIGNED = re.compile(r"[\w.$\]\"']\s*=\s*(?:JSON\.parse\(\s*(?=\")|(?=[{\[]))")
_STREAMED = re.compile(r"__next_f\.push\(\s*(?=\[)")
_ROW = re.compile(r"^\w+:(?=[{\[])", re.MULTILINE)
_TEXTS = ("text", "content", "html", "value", "body", "paragraph", "data", "children", "nodes", "items", "elements")
_NO_TEXT = re.compile(
    r"image|photo|video|gallery|\bad\b|advert|embed|related|newsletter|promo|teaser|tweet|link-?list", re.I
)
_KINDS = ("type", "_type", "__typename", "kind", "blockType")
_HEADLINES = ("headline", "title", "heading", "name")
_AUTHORS = ("author", "authors", "byline", "bylines", "creator", "writers")
_DATES = (
    *("datePublished", "publishedAt", "published_at", "publishDate", "publish_date", "published", "firstPublished"),
    *(
        "firstPublishedAt",
        "publicationDate",
        "pubDate",
        "displayDate",
        "display_date",
        "publishedDate",
        "date",
        "createdAt",
    ),
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A story in a page's state."""

    paragraphs: tuple[str, ...]
    owner: Node
    """The innermost object around it that has a headline."""

    @property
    def length(self) -> int:
        """Characters in running paragraphs."""
        return sum(len(paragraph) for paragraph in self.paragraphs if len(paragraph) >= _RUNNING)


def embedded_pages(tree: HtmlElement, title: str | None) -> Iterator[tuple[str, str]]:
    """(source, HTML) of pages that show what `tree` hides: `state`, then `template`."""
    found = [story for value in _values(tree) for story in _stories(value, {}, 0) if _is_titled(story, title)]
    templates = list(tree.iter("template"))
    for template in templates:
        template.tag = "div"
    shown = tostring(tree, encoding="unicode", method="html") if templates else ""
    if found:
        yield "state", _page(tree, max(found, key=attrgetter("length")), title)
    if shown:
        yield "template", shown


def _values(tree: HtmlElement) -> Iterator[object]:
    stream = ""
    for script in tree.iter("script"):
        text, kind = script.text or "", script.get("type") or ""
        if len(text) < _LEAST_SCRIPT and not _STREAMED.search(text):
            continue
        if "json" in kind and "ld+json" not in kind:
            yield from read_values(text)
        elif match := _STREAMED.search(text):
            stream += "".join(part for part in listed(_decoded(text, match.end())) if isinstance(part, str))
        elif match := _ASSIGNED.search(text):
            value = _decoded(text, match.end())
            yield from read_values(value) if isinstance(value, str) else (value,)
    yield from (_decoded(stream, row.end()) for row in _ROW.finditer(stream))


def _decoded(text: str, at: int) -> object:
    """The JSON value that begins at `at`; None when there is none."""
    try:
        return json.JSONDecoder(strict=False).raw_decode(text, at)[0]
    except (ValueError, RecursionError):
        return None


def _stories(value: object, owner: Node, depth: int) -> Iterator[_Found]:
    if depth > _MAX_DEPTH:
        return
    paragraphs: list[str] = []
    if isinstance(value, dict):
        inner = value if any(isinstance(value.get(key), str) for key in _HEADLINES) else owner
        for part in value.values():
            yield from _stories(part, inner, depth + 1)
    elif isinstance(value, list):
        for part in value:
            yield from _stories(part, owner, depth + 1)
        paragraphs = [text for part in value if (text := _paragraph(part))]
    elif isinstance(value, str) and len(value) >= _LEAST_LENGTH and ("<p" in value or "\n" in value):
        paragraphs = text_of(value).split("\n")
    story = _Found(tuple(paragraphs), owner)
    runs = sum(len(paragraph) >= _RUNNING for paragraph in paragraphs)
    if runs >= _LEAST_PARAGRAPHS and story.length >= _LEAST_LENGTH:
        yield story


def _paragraph(part: object) -> str:
    """The line that an item of a list of paragraphs stands for; empty for pictures and the like."""
    if isinstance(part, dict) and any(_NO_TEXT.search(str(part.get(key) or "")) for key in _KINDS):
        return ""
    return " ".join(text_of("".join(_strings(part, 0))).split())


def _strings(part: object, depth: int) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, list) and depth and depth < _MAX_DEPTH:
        for inner in part:
            yield from _strings(inner, depth + 1)
    elif isinstance(part, dict) and depth < _MAX_DEPTH:
        key = next((key for key in _TEXTS if part.get(key)), None)
        yield from _strings(part[key], depth + 1) if key else ()


def _is_titled(story: _Found, title: str | None) -> bool:
    """Whether the story's headline is the page's; a page without a title takes any."""
    own, wanted = fold(_headline(story) or ""), fold(title or "")
    return not wanted or (bool(own) and (own in wanted or wanted in own))


def _headline(story: _Found) -> str | None:
    return next((text for key in _HEADLINES if (text := text_of_value(story.owner.get(key)))), None)


def _page(tree: HtmlElement, story: _Found, title: str | None) -> str:
    """An HTML page of `story`, with the head of the page that it was found in."""
    for script in list(tree.iter("script")):
        if "ld+json" not in (script.get("type") or ""):
            script.drop_tree()
    head = tree.find("head")
    own = _headline(story)
    node = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": own or title,
        "author": next((story.owner[key] for key in _AUTHORS if story.owner.get(key)), None),
        "datePublished": next((str(story.owner[key]) for key in _DATES if story.owner.get(key)), None),
    }
    described = json.dumps(node).replace("<", "\\u003c")
    paragraphs = "".join(f"<p>{html.escape(paragraph)}</p>\n" for paragraph in story.paragraphs)
    return (
        f'<!DOCTYPE html><html lang="{html.escape(tree.get("lang") or "")}">'
        f"{'' if head is None else tostring(head, encoding='unicode', method='html')}"
        f'<body><script type="application/ld+json">{described}</script>'
        f"<article><h1>{html.escape(own or title or '')}</h1>{paragraphs}</article></body></html>"
    )
