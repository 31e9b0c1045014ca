"""The printed bylines of a page (pure): what the page marks as one, and lines under the headline that read as one.

A byline in a teaser of another story, in a comment or in a sidebar is not one of this page's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import takewhile

from lxml.html import HtmlElement

from wirewatch.articles.extraction.head import Head, lines_around_headline
from wirewatch.articles.extraction.page_dates import before_date, date_in
from wirewatch.articles.extraction.person_names import BY, is_person, names_in
from wirewatch.text.html import blocks, lines, squeeze

_LONGEST = 140
_ONLY_NAMES = 80
"""Characters up to which a marked byline may hold names that are no person's."""
_WORDS_OF_NAME = 3
_BY_LINE = re.compile(
    r"^(?:By|BY|Von|Por|Par|Di|Door|Av|Af|Автор|作者|记者|記者|文)\s*(?:[:：]\s*|\s)(?=\S)|^by (?=[A-Z])"
)
_LABELLED = re.compile(
    r"(?:Autorin/Autor|Autor(?:in)?|Authors?|Auteure?s?|Autore|Автор|Yazar|Penulis)\s*[:：]?\s+(?=[^\W\d_])"
)
_BY_INSIDE = re.compile(r"^[^A-Za-z]*(?:\w+\W+){0,9}?\bby\s+(?=[A-ZÀ-ÖØ-Þ])")
"""A date before the byline: `Tuesday March 17, 2026 10:05 am PDT by …`."""
_PARTS = re.compile(r"\s*[|·•]\s*|\s+[–—-]\s+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_CLASS = re.compile(r"(?:^|[\s_-])(?:byline|authors?|writers?|journalist|reporter)", re.IGNORECASE)
_NOT_CLASS = re.compile(
    r"comment|(?:author|writer)[\s_-]*(?:bio|box|info|desc\w*|about|card|avatar|img|image)", re.IGNORECASE
)
_TEASER = re.compile(
    r"(?:^|[\s_-])(?:teasers?|cards?|related|river|recommend\w*|comments?|promo|popular|latest|most|more|sidebar|trending)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_TEASER_TAGS = frozenset({"aside", "footer", "nav"})
_LOOKED_UP = 5
_LONGEST_TEASER = 500
_LEAST_OF_TEASER = 25
"""Characters of a link from which it is the headline of another story."""
_MARKED = ("a", "span", "div", "p", "address", "cite", "strong", "li", "h3", "h4", "h5", "h6", "section", "ul", "em")


def marked_bylines(tree: HtmlElement) -> Iterator[list[str]]:
    """The names in each element that the page itself marks as a byline, in order; empty ones left out."""
    for element in tree.iter(*_MARKED):
        mark = element.get("rel") == "author" or element.get("itemprop") == "author"
        name = "" if mark else element.get("class")
        if not mark and not (name and _CLASS.search(name := _CAMEL.sub("-", name)) and not _NOT_CLASS.search(name)):
            continue
        if (names := _names(element)) and not _in_teaser(element):
            yield names


def unmarked_bylines(tree: HtmlElement, head: Head) -> Iterator[list[str]]:
    """The persons in each line under the headline that says `By …`, or gives names and a date and nothing else.

    Then those of a line that is only names which the page doesn't speak of, and of lines that say `Author: …`.
    """
    _, below = lines_around_headline(tree, head)
    for line in below:
        if len(line) > _LONGEST:
            continue
        if match := _BY_LINE.match(line) or _LABELLED.match(line):
            names = names_in(_PARTS.split(before_date(line[match.end() :]))[0])
            persons = list(takewhile(is_person, names))
            if persons or (names and date_in(line)):
                yield persons or names[:1]
        elif date_in(line):
            parts = [part for part in _PARTS.split(line) if part and not any(map(str.isdigit, part))]
            if parts and all(map(is_person, names := [name for part in parts for name in names_in(part)])):
                yield names
    yield from _only_names(below, tree)
    yield from _labelled(tree)


def _only_names(below: list[str], tree: HtmlElement) -> Iterator[list[str]]:
    """The persons in a line under the headline that has nothing else, beside a date or right above the story.

    What the page says in another place, too, is a section's name or a menu's; what is a link leads to one.
    """
    candidates = []
    for n, line in enumerate(below):
        beside = below[max(0, n - 1) : n] + below[n + 1 : n + 2]
        names = names_in(line) if len(line) <= _ONLY_NAMES and not _has_digit(line) else []
        short = all(is_person(name) and len(name.split()) <= _WORDS_OF_NAME for name in names)
        if names and short and line[0].isalpha() and (n == len(below) - 1 or any(map(date_in, beside))):
            candidates.append((line, names))
    if candidates:
        said = Counter(block.text for block in blocks(tree))
        linked = {block.text for block in blocks(tree) if block.linked}
        yield from (names for line, names in candidates if said[line] == 1 and line not in linked)


def _labelled(tree: HtmlElement) -> Iterator[list[str]]:
    """The persons in lines of the whole page that say `Author: …` and nothing else."""
    for block in blocks(tree):
        if len(block.text) <= _ONLY_NAMES and (label := _LABELLED.match(block.text)):
            names = names_in(block.text[label.end() :])
            if names and all(map(is_person, names)):
                yield names


def _names(element: HtmlElement) -> list[str]:
    """The names in an element that is marked as a byline."""
    if (named := element.find(".//*[@itemprop='name']")) is not None:
        return names_in(" ".join(named.itertext()))
    text = squeeze(" ".join(element.itertext()))
    if not 3 < len(text) <= _LONGEST:
        return []
    if linked := [name for link in element.iter("a") for name in _persons(squeeze(" ".join(link.itertext())))]:
        return linked
    found: list[str] = []
    for line in lines(element):
        dated = any(map(str.isdigit, line))
        names = [name for name in names_in(_BY_INSIDE.sub("", line) if dated else line) if not _has_digit(name)]
        persons = list(takewhile(is_person, names))
        found += persons or ([] if found or dated else [name for name in names if not name[0].islower()])
    return found if len(text) <= _ONLY_NAMES or all(map(is_person, found)) else []


def _persons(text: str) -> list[str]:
    return list(takewhile(is_person, names_in(BY.sub("", text))))


def _has_digit(name: str) -> bool:
    return any(map(str.isdigit, name))


def _in_teaser(element: HtmlElement) -> bool:
    """Whether `element` is in what leads to another story, in a comment or in a sidebar."""
    own = "".join(element.itertext())
    for n, ancestor in enumerate(element.iterancestors()):
        if n >= _LOOKED_UP and ancestor.tag in ("body", "main", "article"):
            return False
        whole = len("".join(ancestor.itertext()))
        beside = ancestor.tag in _TEASER_TAGS and whole > _LONGEST
        if beside or _TEASER.search(_CAMEL.sub("-", ancestor.get("class") or "")):
            return next(ancestor.iter("h1"), None) is None
        if n < _LOOKED_UP and next(ancestor.iter("h1"), None) is not None:
            return False
        if n < 2 and whole <= _LONGEST_TEASER and any(_leads_to_story(link, own) for link in ancestor.iter("a")):
            return True
    return False


def _leads_to_story(link: HtmlElement, byline: str) -> bool:
    text = "".join(link.itertext()).strip()
    return link.get("href") is not None and len(text) >= _LEAST_OF_TEASER and text not in byline
