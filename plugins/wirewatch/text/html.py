"""Markup into the lines that a reader sees, pure: one definition for feeds and for pages.

A line is broken where a browser would: at every element that is not a part of a line, and at `<br>`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from wirewatch.records import clean_text

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})

INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "amp-img", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em"),
        *("font", "i", "img", "ins", "kbd", "label", "mark", "nobr", "picture", "q", "rb", "rp", "rt", "ruby", "s"),
        *("samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
"""Elements that are in a line; all others begin and end one."""

_SILENT = frozenset({"script", "style"})
_TAG = re.compile(r"</?[A-Za-z!]")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]|(?<=[ -\u058f])[\u200c\u200d]|[\u200c\u200d](?=[ -\u058f])")
"""Marks that only say where a word may be broken; joiners count in other scripts than Latin, Greek and Cyrillic."""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text without a break in it."""

    element: HtmlElement
    """The innermost element that is more than a part of a line."""
    text: str
    """White space squeezed."""
    linked: int
    """Characters that are in links."""


def blocks(tree: HtmlElement) -> Iterator[Block]:
    """The blocks of `tree` in order, empty ones left out. Scripts and styles are passed over; comments must have been
    taken out before."""
    standing, links = [tree], 0
    parts: list[str] = []
    linked = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        inline = element.tag in INLINE and element is not tree
        if not inline:
            if text := " ".join("".join(parts).split()):
                yield Block(standing[-1], text, min(linked, len(text)))
            parts, linked = [], 0
            if event == "start":
                standing.append(element)
            else:
                standing.pop()
        is_link = element.tag == "a" and element.get("href") is not None
        if element.tag in _SILENT:
            added = element.tail if event == "end" else None
        elif event == "start":
            links += is_link
            added = element.text
        else:
            links -= is_link
            added = element.tail if element is not tree else None
        if added:
            parts.append(added)
            linked += len(added.strip()) if links else 0


def lines(tree: HtmlElement) -> list[str]:
    """The texts of the blocks of `tree`."""
    return [block.text for block in blocks(tree)]


def text_of(markup: str) -> str:
    """What a reader sees of a piece of HTML: one line a block, white space squeezed."""
    if not _TAG.search(markup):
        return _folded(html.unescape(markup))
    try:
        root: HtmlElement = lxml.html.document_fromstring(f"<div>{markup}</div>")
    except (etree.ParserError, ValueError):
        # Nothing but comments, or something that libxml2 can't hold in a tree.
        return _folded(html.unescape(re.sub("<[^<>]*>", " ", markup)))
    etree.strip_elements(root, etree.Comment, etree.PI, with_tail=False)
    return "\n".join(lines(root))


def line_of(markup: str) -> str:
    """`text_of` on a single line, for titles and names."""
    return " ".join(text_of(markup).split())


def visible(text: str) -> str:
    """`text` without soft hyphens, zero-width spaces and the like, which keep words from being found.

    >>> visible("Ma\u00adri\u00adne, Lind\u200bqvist")
    'Marine, Lindqvist'
    """
    return text if text.isascii() else _INVISIBLE.sub("", text)


def squeeze(text: str | None) -> str:
    """`text` on one line, without what can't be stored and what can't be seen."""
    return " ".join(visible(clean_text(text)).split()) if text else ""


def _folded(text: str) -> str:
    folded = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in folded if line)
