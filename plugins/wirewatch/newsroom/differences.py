"""What changed between two versions of an article, word by word: pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|\w+|[^\w\s]")
"""Words, single characters of scripts without spaces, signs, and the space between them."""
_MOST_WORDS = 4000
"""Longer paragraphs are shown as removed and added as a whole: comparing them would take seconds."""

_MOST_LINES = 2000
"""The same for texts with more lines."""


@dataclass(frozen=True, slots=True)
class Change:
    """A piece of text that is unchanged (`same`), added (`new`) or removed (`old`)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A changed paragraph, or a number of unchanged ones that are left out."""

    changes: tuple[Change, ...] = ()
    unchanged: int = 0


def compare(old: str, new: str) -> list[Paragraph]:
    """The changed paragraphs (lines) of a text, with the number of unchanged ones between them."""
    before, after = old.split("\n"), new.split("\n")
    if max(len(before), len(after)) > _MOST_LINES:
        return [Paragraph((Change("old", old),)), Paragraph((Change("new", new),))]
    found: list[Paragraph] = []
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Paragraph(unchanged=j - i))
            continue
        pairs = min(j - i, m - k)
        found += [Paragraph(tuple(compare_words(before[i + n], after[k + n]))) for n in range(pairs)]
        found += [Paragraph((Change("old", line),)) for line in before[i + pairs : j]]
        found += [Paragraph((Change("new", line),)) for line in after[k + pairs : m]]
    return found


def compare_words(old: str, new: str) -> list[Change]:
    """The changes within one paragraph."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if max(len(before), len(after)) > _MOST_WORDS or matcher.quick_ratio() < 0.3:
        return [Change(kind, text) for kind, text in (("old", old), ("new", new)) if text]
    changes: list[Change] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            changes.append(Change("same", "".join(before[i:j])))
            continue
        if j > i:
            changes.append(Change("old", "".join(before[i:j])))
        if m > k:
            changes.append(Change("new", "".join(after[k:m])))
    return changes
