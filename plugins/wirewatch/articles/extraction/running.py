"""The paragraphs of a page that run on, and whether the page is plainly built of them (pure).

Most news pages put their story into one element, as paragraphs. There an extractor needs to see that element alone,
which costs it a fraction, and the rest of the page can't mislead it.

Rules: a page is plain only when nearly all that runs on is in that one element, when hardly anything but
paragraphs does, and when that is enough to be a story. Of all others the extractor sees the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from wirewatch.articles.extraction.boxes import linked
from wirewatch.text.html import blocks
from wirewatch.text.language import written_length

RUNNING = 80
"""Characters outside of links (see written_length) from which a paragraph runs on."""
_FADING = 0.7
"""What an ancestor is credited with, of a paragraph's length, per level up; below _FAINT nothing."""
_FAINT = 0.2

_COLUMNS_WITHIN = 3
"""Levels above a column within which the others stand."""

_NEARLY_ALL = 0.8
"""Share of the page's running characters that the home of a plain story holds."""
_PARAGRAPHS = 0.85
"""Share of the home's characters that are in paragraphs, when its story is plain."""
_LEAST_PARAGRAPHS = 3
_LEAST_LENGTH = 600


@dataclass(frozen=True, slots=True)
class Running:
    """The paragraphs that run on, in the element that holds most of them."""

    home: HtmlElement | None
    """None when no paragraph runs on."""
    paragraphs: tuple[str, ...]
    """As they are in the page, white space and all."""
    share: float
    """Share of the running characters of the page that these paragraphs hold."""
    in_columns: bool = False
    """They are in several columns of the home."""


def running_paragraphs(tree: HtmlElement) -> Running:
    """What runs on in `tree`."""
    scores: dict[HtmlElement, float] = {}
    found: list[tuple[HtmlElement, str, int]] = []
    for paragraph in tree.iter("p"):
        text = "".join(paragraph.itertext())
        length = written_length(text)
        if length < RUNNING:
            continue
        length -= linked(paragraph)
        if length < RUNNING:
            continue
        found.append((paragraph, text, length))
        weight = 1.0
        for ancestor in paragraph.iterancestors():
            scores[ancestor] = scores.get(ancestor, 0.0) + length * weight
            weight *= _FADING
            if weight < _FAINT:
                break
    if not scores:
        return Running(None, (), 0.0)
    column = max(scores, key=scores.__getitem__)
    home = _with_columns(column, found)
    inside = [(text, length) for paragraph, text, length in found if home in paragraph.iterancestors()]
    whole = sum(length for _, _, length in found)
    share = sum(length for _, length in inside) / whole
    return Running(home, tuple(text for text, _ in inside), share, in_columns=home is not column)


def _with_columns(home: HtmlElement, found: Sequence[tuple[HtmlElement, str, int]]) -> HtmlElement:
    """`home`, or the element around it that also holds its other columns: parents of paragraphs with the same class.

    A second story of the page, and a copy for small screens, are no columns.
    """
    name, story = home.get("class"), article_of(home)
    if not name:
        return home
    own = {text for paragraph, text, _ in found if paragraph.getparent() is home}
    columns = {
        parent
        for paragraph, text, _ in found
        if (parent := paragraph.getparent()) is not home
        and (parent.tag, parent.get("class")) == (home.tag, name)
        and article_of(parent) is story
        and text not in own
    }
    around = islice(home.iterancestors(), _COLUMNS_WITHIN)
    return next((part for part in around if columns and all(part in c.iterancestors() for c in columns)), home)


def article_of(element: HtmlElement) -> HtmlElement | None:
    """The innermost `<article>` around `element`, itself included."""
    return element if element.tag == "article" else next(element.iterancestors("article"), None)


def is_plain(running: Running) -> bool:
    """Whether the story is what is in `running.home`, and nothing else of the page is needed to read it."""
    if (
        running.home is None
        or running.in_columns
        or running.share < _NEARLY_ALL
        or len(running.paragraphs) < _LEAST_PARAGRAPHS
    ):
        return False
    found = list(blocks(running.home))
    whole = sum(len(block.text) for block in found)
    in_paragraphs = sum(len(block.text) for block in found if block.element.tag == "p")
    return whole >= _LEAST_LENGTH and in_paragraphs >= _PARAGRAPHS * whole


def alone(home: HtmlElement) -> HtmlElement:
    """A document that holds a copy of `home`, as its article, and nothing else."""
    document, body = home.makeelement("html"), home.makeelement("body")
    document.append(body)
    story = deepcopy(home)
    story.tag, story.tail = "article", None
    story.attrib.clear()  # Its class may be one that an extractor takes for boilerplate; that was judged before.
    body.append(story)
    return document
