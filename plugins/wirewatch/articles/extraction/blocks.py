"""A page as the lines that a reader sees, pure: one walk that breaks the text where a browser would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import iterwalk
from lxml.html import HtmlElement

_INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "amp-img", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em"),
        *("font", "i", "img", "ins", "kbd", "label", "mark", "nobr", "picture", "q", "rb", "rp", "rt", "ruby", "s"),
        *("samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
"""Elements that stand in a line; all others begin and end one."""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text without a break in it."""

    element: HtmlElement
    """The innermost element that is more than a part of a line."""
    text: str
    """White space squeezed."""
    linked: int
    """Characters that stand in links."""


def blocks(tree: HtmlElement) -> Iterator[Block]:
    """The blocks of `tree` in order, empty ones left out. Comments must have been taken out before."""
    standing, links = [tree], 0
    parts: list[str] = []
    linked = 0
    for event, element in iterwalk(tree, events=("start", "end")):
        inline = element.tag in _INLINE
        if not inline:
            if text := " ".join("".join(parts).split()):
                yield Block(standing[-1], text, min(linked, len(text)))
            parts, linked = [], 0
        is_link = element.tag == "a" and element.get("href") is not None
        if event == "start":
            links += is_link
            if not inline:
                standing.append(element)
            added = element.text
        else:
            links -= is_link
            if not inline:
                standing.pop()
            added = element.tail if element is not tree else None
        if added:
            parts.append(added)
            linked += len(added.strip()) if links else 0
