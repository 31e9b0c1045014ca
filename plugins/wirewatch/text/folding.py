"""Texts in the form in which aliases are compared: one character for one, so that every offset stays right (pure).

Folded are case, accents of Latin letters, the hamza of Arabic ones, full-width forms, typographic quotes and dashes,
white space, and traditional Chinese characters (to simplified, character by character).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from opencc import OpenCC

_QUOTES = dict.fromkeys("\u2018\u2019\u201b\u02bc\u0060\u00b4", "'") | dict.fromkeys(
    "\u201c\u201d\u201e\u00ab\u00bb", '"'
)
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
_DECOMPOSED = re.compile("[\u0000-\u024f\u0622-\u0626\u1e00-\u1eff\uff01-\uff5e]")
"""Latin letters with accents, Arabic ones with hamza, full-width forms."""
_ENTITY = r"&(?:amp;)?(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});"
"""Some feeds write the ampersand of an entity as an entity."""
_SPACE = r"(?:[^\S\n]|&(?:amp;)?(?:nbsp|#160|#x[aA]0);)"
_MARKUP = re.compile(
    rf"(?=[<&]|\s[\s&])(?:(?P<tag><(?:/?(?P<name>[a-zA-Z][a-zA-Z0-9]*+)|[/!])[^<>]{{0,2000}}>)"
    rf"|(?P<space>{_SPACE}{{2,}}\n?{_SPACE}*|{_SPACE}\n{_SPACE}*|\n{_SPACE}+)|(?P<entity>{_ENTITY}))"
)
_INLINE = frozenset({"a", "abbr", "b", "cite", "em", "font", "i", "mark", "span", "strong", "u"})
"""Tags that do not part the words around them."""
_BREAK = "  "
"""Replaces any other tag: no alias has two spaces, so none is found across it."""
_UNTIDY = ("<", "&", "  ", "\t", "\r", "\u00a0", " \n", "\n ")
"""A text with none of these is plain already."""


class _Folding(dict[int, str]):
    """A table for str.translate that fills itself, one code point at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._simplify = OpenCC("t2s")

    def __missing__(self, point: int) -> str:
        folded = self._fold(chr(point))
        self[point] = folded
        return folded

    def _fold(self, char: str) -> str:
        if char in _QUOTES or char in _DASHES:
            return _QUOTES.get(char) or _DASHES[char]
        if char.isspace():
            return " "
        if is_han(char):
            return _one(self._simplify.convert(char), char)
        if _DECOMPOSED.match(char):
            base, *marks = tuple(unicodedata.normalize("NFKD", char))
            char = base if all(map(unicodedata.combining, marks)) else char
        return _one(char.lower(), char)


def _one(folded: str, char: str) -> str:
    return folded if len(folded) == 1 else char


_FOLDING = _Folding()


def fold(text: str) -> str:
    """`text` as aliases are compared with it; as long as `text`."""
    return text.translate(_FOLDING)


@dataclass(frozen=True, slots=True)
class Plain:
    """A text as a reader sees it, and where its characters are in the stored one."""

    text: str
    _places: Sequence[int] = (0,)
    """Where its pieces begin: those that are as stored, and between them those that markup stands for."""
    _stored: Sequence[tuple[int, int | None]] = ((0, None),)
    """For each piece the stored offset where it begins, and for markup where that ends."""

    def stored(self, start: int, end: int) -> tuple[int, int]:
        """Where the words at `start:end` (not empty) are in the stored text."""
        if len(self._places) == 1 and self._stored[0] == (0, None):
            return start, end
        first, last = bisect_right(self._places, start) - 1, bisect_right(self._places, end - 1) - 1
        begin, stop = self._stored[first]
        if stop is None:
            begin += start - self._places[first]
        here, stop = self._stored[last]
        return begin, stop if stop is not None else here + end - self._places[last]


def plain(text: str) -> Plain:
    """`text` without HTML tags, with the characters that its entities mean, and one space for several.

    Feeds' summaries carry markup, and a name may be broken by a line's end. An empty line still parts words.
    """
    if not any(sign in text for sign in _UNTIDY):
        return Plain(text)
    parts: list[str] = []
    places: list[int] = []
    stored: list[tuple[int, int | None]] = []
    last = length = 0

    def add(part: str, start: int, end: int | None) -> None:
        nonlocal length
        if part:
            parts.append(part)
            places.append(length)
            stored.append((start, end))
            length += len(part)

    for found in _MARKUP.finditer(text):
        add(text[last : found.start()], last, None)
        add(_meant(found), *found.span())
        last = found.end()
    add(text[last:], last, None)
    return Plain("".join(parts), places, stored)


def _meant(found: re.Match[str]) -> str:
    if found["tag"]:
        return "" if (found["name"] or "").lower() in _INLINE else _BREAK
    return " " if found["space"] else unescape(found["entity"].replace("&amp;", "&", 1))


def is_han(char: str) -> bool:
    """Whether `char` is written without spaces between words: Chinese characters, and Japanese kana."""
    return "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff"


def is_arabic(char: str) -> bool:
    """Whether `char` is of the Arabic script, where short words are written together with the next one."""
    return "\u0600" <= char <= "\u06ff"


_ARTICLE = "ال"


def without_article(form: str) -> str:
    """A folded form, when it is Arabic, without its article; forms are looked for so."""
    return form.removeprefix(_ARTICLE) if len(form) > len(_ARTICLE) + 1 else form


def joins_words(char: str) -> bool:
    """Whether `char` beside a word would make another word of it."""
    return char.isalnum() and not is_han(char)
