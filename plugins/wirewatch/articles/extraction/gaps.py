"""Paragraphs that an extractor lost inside of a story, pure.

trafilatura leaves out a paragraph that repeats the one before, items of a list, text that stands loose between
paragraphs, and columns after the first. What is between two paragraphs of the story, in the same element as they
do, is a part of it. So is what is in an element of the same kind as those that hold most of the story: columns
between advertisements, a wrapper for each paragraph.

Rules: nothing else is put back before the first or after the last paragraph that was found, where the boilerplate
stands; and only what runs on (a caption or a label is short), and not in links, unless it reads as a sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeAlias

from lxml.html import HtmlElement

from wirewatch.articles.extraction.boilerplate import fold, is_boilerplate
from wirewatch.articles.extraction.boxes import reads_as_sentence
from wirewatch.articles.extraction.running import article_of
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


_MOST = 0.5
"""Share of the known letters that the places of one kind hold, for what else is in such a place to be text."""
_LEAST_OF_KIND = 2
_MAX_OPENING = 4
"""Paragraphs that an opening outside of the story's home may have."""

Kind: TypeAlias = tuple[tuple[str, str], ...]
"""Tags and classes of the elements around a place, from the inside out."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A block, folded, and whether it is in the text."""

    block: Block
    folded: str
    known: bool


def with_lost_paragraphs(tree: HtmlElement, lines: Sequence[str]) -> list[str]:
    """`lines`, the text that was found in `tree`, with the paragraphs that were lost between them.

    A paragraph that the page's own line breaks cut into several lines is one again.
    """
    folded = [fold(line) for line in lines]
    text = "".join(folded)
    if len(text) > _LONGEST:
        return list(lines)
    found = [
        _Found(block, letters, len(letters) >= _KNOWN and letters in text)
        for block in blocks(tree)
        if len(block.text) >= _KNOWN and (letters := fold(block.text))
    ]
    whole, folded = _in_page_order(lines, folded, found)
    spans, kinds, at = _spans(found), _Kinds(tree, found), -1
    for n, this in enumerate(found):
        if this.known:
            repeats = n > 0 and _repeats(this, found[n - 1])
            stands = _place(this.folded, folded, max(at + repeats, 0))
            lost = repeats and (stands is None or stands[0] > at + 1)
            if stands and not lost:
                at, last = stands
                if " ".join(" ".join(whole[at : last + 1]).split()) == this.block.text:
                    whole[at : last + 1], folded[at : last + 1] = [this.block.text], [this.folded]
        else:
            lost = this.folded not in text and (_is_lost(this.block, n, spans) or kinds.holds(this.block, n))
        if lost:
            at += 1
            whole.insert(at, this.block.text)
            folded.insert(at, this.folded)
    return whole


def _in_page_order(lines: Sequence[str], folded: list[str], found: Sequence[_Found]) -> tuple[list[str], list[str]]:
    """The lines and their folded forms in the order in which the page shows them; others stay after their neighbour."""
    times = Counter(folded)
    first = {this.folded: n for n, this in reversed([*enumerate(found)]) if this.known and times[this.folded] == 1}
    places: list[int] = []
    for line in folded:
        places.append(first.get(line, places[-1] if places else -1))
    if places == sorted(places):
        return list(lines), folded
    order = sorted(range(len(lines)), key=places.__getitem__)
    return [lines[n] for n in order], [folded[n] for n in order]


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


def _spans(found: Sequence[_Found]) -> dict[HtmlElement | None, tuple[int, int]]:
    """For each element that holds known paragraphs, the numbers of the first and the last of them."""
    spans: dict[HtmlElement | None, tuple[int, int]] = {}
    for n, this in enumerate(found):
        if this.known:
            home = _home(this.block)
            spans[home] = (spans[home][0] if home in spans else n, n)
    return spans


def _repeats(this: _Found, before: _Found) -> bool:
    """Whether the page says the same twice in a row, in two paragraphs side by side."""
    return this.folded == before.folded and this.block.element.getprevious() is before.block.element


def _is_lost(block: Block, number: int, spans: dict[HtmlElement | None, tuple[int, int]]) -> bool:
    home = _home(block)
    if home not in spans:
        return False
    first, last = spans[home]
    return first < number < last and _may_be_text(block)


def _may_be_text(block: Block) -> bool:
    """Whether `block` runs on outside of links, is a sentence all in links, or an item of a list that goes on."""
    if is_boilerplate(block.text):
        return False
    if block.linked < _LINKED * len(block.text):
        return written_length(block.text) >= _RUNNING
    if block.element.tag == "li":
        return block.linked < len(block.text) - _KNOWN / 2
    return reads_as_sentence(block.text)


def is_text(block: Block) -> bool:
    """Whether `block`, in the home of a story, is a part of it: a paragraph, a subheading, an item."""
    return block.linked < _LINKED * len(block.text) and not is_boilerplate(block.text)


def with_openings(tree: HtmlElement, home: HtmlElement | None, lines: Sequence[str]) -> list[str]:
    """`lines`, with the running paragraphs that are between the headline and the first of them."""
    if home is None or not lines:
        return list(lines)
    text = "".join(map(fold, lines))
    opening: list[str] = []
    for block in _before_home(tree, home):
        letters = fold(block.text)
        if len(letters) >= _KNOWN and letters in text:
            if block.element.tag == "p":
                break
        elif block.element.tag == "p" and _may_be_text(block) and reads_as_sentence(block.text):
            opening.append(block.text)
    else:
        opening = []
    return [*opening, *lines] if len(opening) <= _MAX_OPENING else list(lines)


def _before_home(tree: HtmlElement, home: HtmlElement) -> Iterator[Block]:
    """The blocks between the last headline before `home` and its story, and those of `home` itself."""
    around = next((part for part in (home, *home.iterancestors()) if next(part.iter("h1"), None) is not None), home)
    found = blocks(around)
    if around is not home or next(home.iter("h1"), None) is not None:
        for block in found:
            if block.element.tag == "h1":
                break
    yield from found


class _Kinds:
    """Where the story stands: the kind of place that holds most of its paragraphs."""

    def __init__(self, tree: HtmlElement, found: Sequence[_Found]) -> None:
        self._tree = tree
        self._cache: dict[HtmlElement, Kind] = {}
        letters: Counter[Kind] = Counter()
        numbers: dict[Kind, list[int]] = {}
        for n, this in enumerate(found):
            if this.known and this.block.element.tag == "p":
                kind = self._kind(this.block.element)
                letters[kind] += len(this.folded)
                numbers.setdefault(kind, []).append(n)
        most, held = max(letters.items(), key=itemgetter(1), default=((), 0))
        told_apart = any(name for _, name in most) and len(numbers[most]) >= _LEAST_OF_KIND
        self._most = most if told_apart and held >= _MOST * letters.total() else None
        self._article = article_of(found[numbers[most][0]].block.element) if self._most else None
        self._span = (numbers[most][0], numbers[most][-1]) if self._most else (0, 0)

    def holds(self, block: Block, number: int) -> bool:
        """Whether `block`, the `number`th, is a paragraph in a place of that kind; in links only among the others."""
        if self._most is None or block.element.tag != "p" or self._kind(block.element) != self._most:
            return False
        if article_of(block.element) is not self._article:
            return False
        among = self._span[0] < number < self._span[1]
        return _may_be_text(block) and (among or block.linked < _LINKED * len(block.text))

    def _kind(self, element: HtmlElement) -> Kind:
        parent = element.getparent()
        if parent is None or element is self._tree or parent is self._tree:
            return ()
        if parent not in self._cache:
            self._cache[parent] = ((str(parent.tag), parent.get("class") or ""), *self._kind(parent))
        return self._cache[parent]
