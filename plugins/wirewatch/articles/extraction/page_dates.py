"""The dates that a page gives, in its head and in print (pure): which writing stands where; `text.dates` reads them.

Printed dates are looked for where nothing else dates the page: in elements that the page marks as a date, then in the
short lines around the headline. Of a line only the date is taken, without its label (`发布时间：`, `Posted on`) and
what follows (`| Updated …`, `来源：…`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from wirewatch.articles.extraction.head import Head, lines_around_headline
from wirewatch.articles.extraction.json_ld import Node, text_of_value
from wirewatch.text.html import squeeze

_MAX_PRINTED = 3
_LONGEST_LINE = 160
_PUBLISHED_META = re.compile(
    r"(?:og:)?article[:.]published(?:[_:]time)?|date|datepublished|dc\.date(?:\.(?:issued|created))?"
    r"|dcterms\.(?:date|created|issued)|(?:og:)?pubdate|publish[-_]?(?:ed)?[-_]?(?:date|time|at)|publication_?date|pub_date"
    r"|parsely-pub-date|sailthru\.date|cxenseparse:(?:recs:)?publishtime|prism\.publicationdate|originalpublicationdate"
    r"|citation_(?:publication_)?date|article_date_original|weibo:article:create_at|release_date|creation_date|displaydate"
)
_MODIFIED_META = re.compile(
    r"article[:.]modified(?:[_:]time)?|og:updated_time|datemodified|last-?modified|dcterms\.modified|dc\.date\.modified"
    r"|lastmod|revised|weibo:article:update_at|last_updated_date|lastupdate"
)
_CLASS = re.compile(
    r"(?:^|[\s_-])(?:date|datetime|pubdate|published|publish|posted|timestamp|time|fecha|datum|data)(?:$|[\s_-])",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r".{60}[.!?。！？]$")
_LOOKED_UP = 4
_MARKED = ("span", "div", "p", "li", "em", "i", "small", "abbr", "td", "font", "dd", "b")
_IN_COMMENT = re.compile(r"comment(?!s?-?(?:open|closed))|disqus", re.IGNORECASE)
_DAY = (
    r"(?:\d{4}|(?:令和|平成)\s?(?:\d{1,2}|元))\s?[-/.年년]\s?\d{1,2}\s?[-/.月월]\s?\d{1,2}(?!\d)(?:\s?[日日号號일])?"
    r"|\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:\d{4}|\d{2})(?!\d)"
    r"|\d{1,2}(?:st|nd|rd|th|er|[.ºª])?\s(?:de\s|of\s)?[^\W\d_]{3,}\.?,?\s(?:de\s|del\s)?\d{4}(?!\d)"
    r"|\d{1,2}\.?\s?[\s./-]\s?(?:I{1,3}|IV|VI{0,3}|IX|XI{0,2})\.?\s?[\s./-]\s?\d{4}(?!\d)"
    r"|[^\W\d_]{3,}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}(?!\d)"
)
_WEEKDAY = (
    r"(?:\s?(?:[(（][^\W\d_]{1,3}[)）]|(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]"
    r"|[月火水木金土日]曜日?|[월화수목금토일]요일))?"
)
_CLOCK = (
    r"\d{1,2}\s?(?:[:.hH]\s?\d{2}(?::\d{2})?|[時时点點시]\s?(?:\d{1,2}\s?[分분](?:\s?\d{1,2}\s?[秒초])?|\d{2}(?!\d)|半)?)"
    r"\s?(?:[ap]\.?m\b\.?|Uhr)?(?:\s?(?:[A-Z]{2,5}\b|(?:GMT|UTC)?\s?[+−-]\d{1,2}:?\d{2}\b))?"
    r"|\d{1,2}\s?[ap]\.?m\b|正午|정오"
)
_HALF = "上午|下午|凌晨|清晨|早上|早晨|中午|傍晚|晚上|晚间|午前|午後|오전|오후"
_DATE = re.compile(
    rf"(?P<before>(?:{_HALF})?\s?(?:{_CLOCK})[\s,]{{1,3}}(?:on\s)?(?:[^\W\d_]{{3,}},?\s)?)?(?P<day>{_DAY}){_WEEKDAY}"
    r"(?P<between>(?:[\s,|T·•–—-]{1,4}(?:at|um|à|a las|alle|godz\.?|klo|kl\.?|ore|o)?\s?"
    rf"|(?<=[日号號일)）一二三四五六天曜])|(?={_HALF}))(?P<half>{_HALF})?\s?)?"
    rf"(?(between)(?P<clock>{_CLOCK})?)"
)
_CHANGED = re.compile(
    r"(?:up-?dated|modified|edited|actualizado|actualizada|aktualisiert|mis à jour|aggiornato|atualizado|uppdaterad"
    r"|bijgewerkt|обновлено|更新|修正|수정|güncelleme|stand)\W{0,3}(?:on|am|em|el|le|il|op|den)?\W{0,3}$",
    re.IGNORECASE,
)


def find_dates(article: Node, head: Head, tree: HtmlElement) -> tuple[tuple[str, str], ...]:
    """(source, writing) of every date that the page gives; the sources are those of `dates.PUBLISHED`, `.MODIFIED`."""
    found = tuple(dict.fromkeys((*_in_head(article, head), *head.times)))
    if any(source in ("html:json-ld", "html:meta", "html:microdata", "html:time") for source, _ in found):
        return found
    printed = dict.fromkeys((*_before_change(head), *_marked(tree), *_around_headline(tree, head)))
    return found + tuple(("html:text", writing) for writing in printed)


def date_in(line: str) -> str | None:
    """The first date that a line gives as its own, with its clock; None when there is none, or only one of a change.

    >>> date_in("Do 25.04.24 | 14:07 Uhr | Von Mara Lindqvist"), date_in("Updated: 3 June 2026")
    ('25.04.24 14:07 Uhr', None)
    """
    for match in _DATE.finditer(line):
        if not _CHANGED.search(line[: match.start()]):
            clock = match["clock"] or (match["before"] or "").strip(" ,")
            return " ".join(part.strip() for part in (match["day"], match["half"], clock) if part)
    return None


def before_date(line: str) -> str:
    """`line` up to its first date; the whole of it when it has none."""
    match = _DATE.search(line)
    return line[: match.start()] if match else line


def _in_head(article: Node, head: Head) -> Iterator[tuple[str, str]]:
    for key in ("datePublished", "dateCreated", "uploadDate"):
        if writing := text_of_value(article.get(key)):
            yield "html:json-ld", writing
            break
    if writing := text_of_value(article.get("dateModified")):
        yield "html:json-ld-modified", writing
    for name, values in head.metas.items():
        key = name.rpartition("#")[2] if "ogp.me" in name else name
        if _PUBLISHED_META.fullmatch(key):
            yield "html:meta", values[0]
        elif _MODIFIED_META.fullmatch(key):
            yield "html:meta-modified", values[0]


def _before_change(head: Head) -> Iterator[str]:
    """The date that is printed before that of the last change, where the page marks only the latter."""
    for line in head.changed:
        if len(_DATE.findall(line)) > 1 and (writing := date_in(line)):
            yield writing


def _marked(tree: HtmlElement) -> list[str]:
    """What is in elements that class, id or itemprop call a date; at most three."""
    found: list[str] = []
    for element in tree.iter(*_MARKED):
        name = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"
        if len(name) > 2 and _CLASS.search(name) and not _in_comment(element):
            text = element.get("datetime") or squeeze(" ".join(element.itertext()))
            if 8 <= len(text) <= _LONGEST_LINE and any(map(str.isdigit, text)):
                found.append(date_in(text) or text[:60])
                if len(found) == _MAX_PRINTED:
                    break
    return found


def _in_comment(element: HtmlElement) -> bool:
    around = (element, *islice(element.iterancestors(), _LOOKED_UP))
    names = (f"{part.get('class') or ''} {part.get('id') or ''}" for part in around if part.tag != "body")
    return any(_IN_COMMENT.search(name) for name in names)


def _around_headline(tree: HtmlElement, head: Head) -> Iterator[str]:
    """The date in a short line under the headline, else in one right above it."""
    above, below = lines_around_headline(tree, head)
    shown = (date_in(line) for line in (*below, *above) if len(line) <= _LONGEST_LINE and not _SENTENCE.search(line))
    yield from islice(filter(None, shown), 1)
