"""JSON-LD (schema.org) of a page into nodes, pure: read as mildly as publishers write it.

Read are blocks with comments or a CDATA mark around them, a semicolon or a second object after them, a comma before a
closing bracket, line breaks and unescaped quotes in strings, entities instead of quotes. A node that is only named
(`{"@id": …}`, as WordPress plug-ins write it) stands for the node of that name elsewhere on the page.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from wirewatch.text.html import squeeze

Node: TypeAlias = dict[str, object]

_MAX_DEPTH = 12
_MAX_REPAIRED = 200_000
"""Characters of a block up to which unescaped quotes are looked for: that takes time."""
_STRING = r'"(?:\\.|[^"\\])*+"'
_COMMENTS = re.compile(rf"({_STRING})|//[^\n]*|/\*.*?\*/|<!--|-->|<!\[CDATA\[|\]\]>", re.DOTALL)
_TRAILING_COMMA = re.compile(rf"({_STRING})|,(?=\s*[}}\]])", re.DOTALL)
_LOOSE_STRING = re.compile(r'"((?:\\.|[^"\\]|"(?!\s*(?:[:}\]]|,\s*(?:["{\[]|-?\d|true|false|null)|$)))*+)"', re.DOTALL)
"""A string that ends where the next thing is one that can follow a string in JSON."""
_QUOTE = re.compile(r'(?<!\\)"')
_TAG = re.compile(r"<[^<>]{1,200}>")


def nodes_of(scripts: Iterable[str]) -> list[Node]:
    """The typed objects of a page's JSON-LD blocks, outer ones first; broken blocks are passed over."""
    values = [value for script in scripts for value in read_values(script)]
    nodes = [node for value in values for node in _typed(value)]
    named = {name: node for node in reversed(nodes) if isinstance(name := node.get("@id"), str) and len(node) > 2}
    return [_resolved(node, named) for node in nodes]


def read_values(script: str) -> list[object]:
    """The JSON values in `script`; none when it is hopeless.

    >>> read_values('/* page */ {"@type": "Article",};')
    [{'@type': 'Article'}]
    """
    text = script.strip()
    if '"' not in text and "&quot;" in text:
        text = html.unescape(text)
    for repaired in _repairs(text):
        if values := _decoded(repaired):
            return values
    return []


def _repairs(text: str) -> Iterator[str]:
    """`text` as it is, then repaired more and more."""
    yield text
    text = _without_comments(text)
    yield text
    yield _quoted(text)


def types(node: Node) -> list[str]:
    """The node's types without their namespace."""
    return [str(name).rpartition("/")[2] for name in listed(node.get("@type"))]


def listed(value: object) -> list[object]:
    """`value` as a list; empty for None."""
    return value if isinstance(value, list) else [] if value is None else [value]


def text_of_value(value: object) -> str | None:
    """One line of plain text; None when there is none. Of a list the first, of an object its value or name."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if not isinstance(value, str):
        return None
    return squeeze(_TAG.sub(" ", html.unescape(value)) if "<" in value or "&" in value else value) or None


def _without_comments(text: str) -> str:
    """`text` without comments, and without commas that nothing follows."""
    text = _COMMENTS.sub(lambda match: match[1] or " ", text)
    return _TRAILING_COMMA.sub(lambda match: match[1] or "", text)


def _quoted(text: str) -> str:
    """`text` with the quotes inside of its strings escaped."""
    if len(text) > _MAX_REPAIRED:
        return text
    return _LOOSE_STRING.sub(lambda match: '"' + _QUOTE.sub(lambda _: '\\"', match[1]) + '"', text)


def _decoded(text: str) -> list[object]:
    """The objects and lists that `text` consists of, one after the other; none where one can't be read."""
    decoder, values, at = json.JSONDecoder(strict=False), [], 0
    while (at := _next_start(text, at)) < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return []
        values.append(value)
    return values


def _next_start(text: str, at: int) -> int:
    return min((found for mark in "{[" if (found := text.find(mark, at)) >= 0), default=len(text))


def _typed(value: object, depth: int = 0) -> Iterator[Node]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for part in value:
            yield from _typed(part, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value or "articleBody" in value:
            yield value
        for part in value.values():
            if isinstance(part, list | dict):
                yield from _typed(part, depth + 1)


def _resolved(node: Node, named: dict[str, Node]) -> Node:
    """`node` with what it only names in its place."""

    def whole(value: object) -> object:
        if isinstance(value, list):
            return [whole(part) for part in value]
        if isinstance(value, dict) and "name" not in value and isinstance(name := value.get("@id"), str):
            return named.get(name, value)
        return value

    return {key: whole(value) if isinstance(value, list | dict) else value for key, value in node.items()}
