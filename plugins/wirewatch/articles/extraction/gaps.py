"""Paragraphs that an extractor lost inside of a story, pure.

trafilatura leaves out a paragraph that repeats the one before, items of a list, and text that stands loose between
paragraphs. What stands between two paragraphs of the story, in the same element as they do, is a part of it.

Guards: nothing is put back before the first or after the last paragraph that was found, where the furniture stands;
and only what runs on (a caption or a label is short), and not in links.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from wirewatch.articles.extraction.boilerplate import fold, is_furniture
from wirewatch.text.html import Block, blocks
from wirewatch.text.language import written_length

_KNOWN = 20
"""Letters by which a block is known as a line of the text."""
_RUNNING = 80
"""Characters from which a block runs on, see written_length."""
_LINKED = 0.5
_AHEAD = 100
"""Lines among which a paragraph is looked for, after the one before."""
_LONGEST = 300_000
"""Letters of a text from which it is left as it is: no news story is so long, and looking through it takes seconds."""
_PARAGRAPHS = frozenset({"p", "ul", "ol", "blockquote", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True, slots=True)
class _Found:
    """A block, folded, and whether it stands in the text."""

    block: Block
    folded: str
    known: bool


def with_lost_paragraphs(tree: HtmlElement, lines: Sequence[str]) -> list[str]:
    """`lines`, the text that was found in `tree`, with the paragraphs that were lost between them.

    A paragraph that the page's own line breaks cut into several lines is one again.
    """
    whole, folded = list(lines), [fold(line) for line in lines]
    text = "".join(folded)
    if len(text) > _LONGEST:
        return whole
    found = [
        _Found(block, letters, len(letters) >= _KNOWN and letters in text)
        for block in blocks(tree)
        if len(block.text) >= _KNOWN and (letters := fold(block.text))
    ]
    spans, at = _spans(found), 0
    for n, this in enumerate(found):
        if this.known:
            repeats = n > 0 and _repeats(this, found[n - 1])
            stands = _place(this.folded, folded, at + repeats)
            lost = repeats and (stands is None or stands[0] > at + 1)
            if stands and not lost:
                at, last = stands
                if " ".join(" ".join(whole[at : last + 1]).split()) == this.block.text:
                    whole[at : last + 1], folded[at : last + 1] = [this.block.text], [this.folded]
        else:
            lost = this.folded not in text and _is_lost(this.block, n, spans)
        if lost:
            at += 1
            whole.insert(at, this.block.text)
            folded.insert(at, this.folded)
    return whole


def _place(paragraph: str, lines: Sequence[str], begin: int) -> tuple[int, int] | None:
    """The numbers of the first and the last of the folded `lines` in which `paragraph` stands, from `begin` on."""
    for first in range(begin, min(len(lines), begin + _AHEAD)):
        if paragraph in lines[first]:
            return first, first
        rest, last = paragraph, first
        while last < len(lines) and lines[last] and rest.startswith(lines[last]):
            rest = rest[len(lines[last]) :]
            if not rest:
                return first, last
            last += 1
    return None


def _home(block: Block) -> HtmlElement | None:
    """The element that holds the paragraphs beside which `block` stands."""
    element = block.element.getparent() if block.element.tag == "li" else block.element
    return element.getparent() if element is not None and element.tag in _PARAGRAPHS else element


def _spans(found: Sequence[_Found]) -> dict[HtmlElement, tuple[int, int]]:
    """For each element that holds known paragraphs, the numbers of the first and the last of them."""
    spans: dict[HtmlElement, tuple[int, int]] = {}
    for n, this in enumerate(found):
        if this.known:
            home = _home(this.block)
            spans[home] = (spans[home][0] if home in spans else n, n)
    return spans


def _repeats(this: _Found, before: _Found) -> bool:
    """Whether the page says the same twice in a row, in two paragraphs side by side."""
    return this.folded == before.folded and this.block.element.getprevious() is before.block.element


def _is_lost(block: Block, number: int, spans: dict[HtmlElement, tuple[int, int]]) -> bool:
    home = _home(block)
    if home not in spans:
        return False
    first, last = spans[home]
    return (
        first < number < last
        and written_length(block.text) >= _RUNNING
        and block.linked < _LINKED * len(block.text)
        and not is_furniture(block.text)
    )
