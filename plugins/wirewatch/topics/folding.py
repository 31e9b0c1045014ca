"""Texts in the form in which aliases are compared: one character for one, so that every offset stays right (pure).

Folded are case, accents of Latin letters, the hamza of Arabic ones, full-width forms, typographic quotes and dashes,
white space, and traditional Chinese characters (to simplified, character by character).
"""

from __future__ import annotations

import re
import unicodedata

from opencc import OpenCC

_QUOTES = dict.fromkeys("\u2018\u2019\u201b\u02bc\u0060\u00b4", "'") | dict.fromkeys(
    "\u201c\u201d\u201e\u00ab\u00bb", '"'
)
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
_DECOMPOSED = re.compile("[\u0000-\u024f\u0622-\u0626\u1e00-\u1eff\uff01-\uff5e]")
"""Latin letters with accents, Arabic ones with hamza, full-width forms."""
_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>|&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")


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
            base, *marks = unicodedata.normalize("NFKD", char)
            char = base if all(map(unicodedata.combining, marks)) else char
        return _one(char.lower(), char)


def _one(folded: str, char: str) -> str:
    return folded if len(folded) == 1 else char


_FOLDING = _Folding()


def fold(text: str) -> str:
    """`text` as aliases are compared with it; as long as `text`."""
    return text.translate(_FOLDING)


def without_markup(text: str) -> str:
    """`text` with HTML tags and entities blanked; as long as `text`. Feeds' summaries carry them."""
    if "<" not in text and "&" not in text:
        return text
    return _MARKUP.sub(lambda found: " " * len(found.group()), text)


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
