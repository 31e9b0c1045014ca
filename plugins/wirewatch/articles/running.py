"""The paragraphs of a page that run on, and the story of a page that is plainly built of them (pure).

Most news pages put their story into one element, as paragraphs: there the story is what stands in that element, and no
extractor with its rules for all the web is needed. That costs a tenth of it.

Guards: a page is plain only when nearly all that runs on stands in that one element, when hardly anything but
paragraphs does, and when that is enough to be a story. All others are for the extractor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from wirewatch.articles.blocks import Block, blocks
from wirewatch.articles.boxes import linked
from wirewatch.articles.language import written_length

RUNNING = 80
"""Characters outside of links (see written_length) from which a paragraph runs on."""
_FADING = 0.7
"""What an ancestor is credited with, of a paragraph's length, per level up; below _FAINT nothing."""
_FAINT = 0.2

_NEARLY_ALL = 0.8
"""Share of the page's running characters that the home of a plain story holds."""
_PARAGRAPHS = 0.85
"""Share of the home's characters that stand in paragraphs, when its story is plain."""
_LEAST_PARAGRAPHS = 3
_LEAST_LENGTH = 600
_LINKED = 0.5
"""Share of a block's characters in links from which it leads elsewhere; _MOSTLY_LINKED for one that runs on."""
_MOSTLY_LINKED = 0.8
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_OF_A_STORY = frozenset({"p", "li", "blockquote", "dd", "dt", "pre", "q", *_HEADINGS})
"""Elements that hold text of a story; in another one only what runs on does: the rest are captions and labels."""


@dataclass(frozen=True, slots=True)
class Running:
    """The paragraphs that run on, in the element that holds most of them."""

    home: HtmlElement | None
    """None when no paragraph runs on."""
    paragraphs: tuple[str, ...]
    """As they stand in the page, white space and all."""
    share: float
    """Share of the running characters of the page that these paragraphs hold."""


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
    home = max(scores, key=scores.__getitem__)
    inside = [(text, length) for paragraph, text, length in found if home in paragraph.iterancestors()]
    whole = sum(length for _, _, length in found)
    return Running(home, tuple(text for text, _ in inside), sum(length for _, length in inside) / whole)


def plain_story(running: Running) -> list[str] | None:
    """The lines of the story, where the page is plainly built; None where it is not."""
    if running.home is None or running.share < _NEARLY_ALL or len(running.paragraphs) < _LEAST_PARAGRAPHS:
        return None
    found = list(blocks(running.home))
    whole = sum(len(block.text) for block in found)
    in_paragraphs = sum(len(block.text) for block in found if block.element.tag == "p")
    if whole < _LEAST_LENGTH or in_paragraphs < _PARAGRAPHS * whole:
        return None
    return list(_lines([block for block in found if _is_story(block)]))


def _is_story(block: Block) -> bool:
    tag, length = block.element.tag, len(block.text)
    if tag in _HEADINGS:
        return True  # what follows it decides
    if block.linked >= (_MOSTLY_LINKED if length >= RUNNING else _LINKED) * length:
        return False
    return tag in _OF_A_STORY or written_length(block.text) >= RUNNING


def _lines(found: list[Block]) -> Iterator[str]:
    """The texts of `found`; headings only where something follows, and a linked one where that runs on."""
    for block, following in zip(found, [*found[1:], None], strict=True):
        if block.element.tag in _HEADINGS:
            if following is None:
                continue
            linked_through = block.linked >= _LINKED * len(block.text)
            if linked_through and (following.element.tag != "p" or written_length(following.text) < RUNNING):
                continue
        yield block.text
