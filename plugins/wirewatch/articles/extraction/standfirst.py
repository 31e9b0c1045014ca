"""The standfirst, pure: the sentence or two that are between a headline and its story.

Extractors look for the story's paragraphs and lose what the layout sets apart from them, but a standfirst is part of
the text: it is often the only place where who and where are said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lxml.html import HtmlElement

from wirewatch.articles.extraction.boilerplate import fold, is_boilerplate
from wirewatch.articles.extraction.boxes import BLOCKS, linked

_NAME = re.compile(
    r"(?:^|[-_\s])(?:leads?|lede|lead-?(?:text|in)|standfirst|dek|deck|sub-?titles?|sub-?head(?:line|ing)?|alternative-?headline"
    r"|intro(?:text|duction)?|summary|synopsis|abstract|excerpt|sapo|entradilla|chapo|ingress|vorspann|perex|bajada|sommario)"
    r"(?:$|[-_\s\d])",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TAGS = ("h1", "p", "div", "h2", "h3", "span", "li", "strong", "section")
_SENTENCE = re.compile(r"[.!?…。！？؟।»”\"’]\s*$")
_LEAST, _MOST = 40, 700
"""Characters of a standfirst; in scripts without spaces half of the least."""
_LOOKED_AT = 200
"""Blocks of that length after the headline that are looked at: the story begins well before."""
_FIRST = 6
_START = 40
"""Letters by which a block is known as the beginning of the story."""


def standfirst(tree: HtmlElement, titles: Iterable[str], story: Sequence[str], description: str | None) -> str | None:
    """The standfirst that `tree` shows between the headline and the story; None when there is none.

    `titles` are the page's headlines, `story` the lines of the text that was found, `description` what the page
    gives as its summary: a block that says the same is taken even when it doesn't look like a standfirst.
    """
    headlines = {folded for title in titles if (folded := fold(title))}
    starts = {folded[:_START] for line in story[:_FIRST] if (folded := fold(line)) and folded not in headlines}
    known = "".join(map(fold, story))
    summary = fold(description or "").rstrip()
    after_headline, looked_at = False, 0
    for element in tree.iter(*_TAGS):
        if element.tag == "h1" or (not after_headline and element.tag == "h2"):
            folded = fold("".join(element.itertext()))
            after_headline = after_headline or element.tag == "h1" or any(name in folded for name in headlines)
            continue
        if not after_headline or any(child.tag in BLOCKS for child in element):
            continue
        text = " ".join("".join(element.itertext()).split())
        looked_at += len(text) >= _LEAST
        folded = fold(text)
        if looked_at > _LOOKED_AT or (len(folded) >= 20 and folded[:_START] in starts):
            return None
        if _is_standfirst(element, text, folded, summary) and folded not in known and folded not in headlines:
            return text
    return None


def _is_standfirst(element: HtmlElement, text: str, folded: str, summary: str) -> bool:
    least = _LEAST if " " in text else _LEAST // 2
    if not least <= len(text) <= _MOST or is_boilerplate(text) or 2 * linked(element) > len(text):
        return False
    if any(
        ancestor.tag in ("a", "li", "figure", "aside", "nav", "footer", "form") for ancestor in element.iterancestors()
    ):
        return False
    if len(summary) >= 30 and (folded == summary or folded.startswith(summary[:-3])):
        return True
    named = any(_NAME.search(_CAMEL.sub("-", _names(part))) for part in (element, *_parents(element)))
    return named or (element.tag in ("p", "h2", "h3", "div") and _SENTENCE.search(text) is not None)


def _parents(element: HtmlElement) -> list[HtmlElement]:
    """The element's parent and grandparent, as far as they hold little else."""
    whole = len("".join(element.itertext()))
    found: list[HtmlElement] = []
    for ancestor in element.iterancestors():
        if len(found) == 2 or len(ancestor) > 3 or len("".join(ancestor.itertext())) > 1.5 * whole + 20:
            break
        found.append(ancestor)
    return found


def _names(element: HtmlElement) -> str:
    return " ".join(element.get(key) or "" for key in ("class", "id", "itemprop", "data-testid"))
