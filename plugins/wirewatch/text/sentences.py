"""Where sentences begin and end (pure)."""

from __future__ import annotations

import re

_END = re.compile(
    r"[.!?…。！？\n<](?:(?<=[.!?…])[.!?…]{0,9}[\"'”’)\]]{0,9}(?=\s)"
    r"|(?<=[。！？])[。！？]*[”’」』）]*|(?<=\n)\n*|(?<=<)/(?:p|li)>)"
)
"""One set of characters is first, for which a text is searched six times as fast as for a choice of patterns. A run
of stops is looked through only so far: from each of its stops on, 20,000 of them would take seconds."""
_ABBREVIATION = re.compile(
    r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|St|Gen|Lt|Col|Maj|Capt|Cmdr|Adm|Sgt|Sen|Rep|Gov|Sec|Dept|No|vs|Jr|Sr|Inc|Corp|Co|Ltd"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|a\.m|p\.m|EE|UU|Sra|Dra|Srta|Vice|Rev|Prof))\.$"
)
LONGEST = 1000
"""Characters after which a sentence is cut: tables and lists without stops."""


def sentence_ends(text: str) -> list[int]:
    """The offset after each sentence of `text`, ascending; the last is its length. Empty for an empty text."""
    ends: list[int] = []
    last = seen = 0
    for found in _END.finditer(text):
        end = found.end()
        if found.group()[0] == "." and _is_abbreviation(text, last, found.start() + 1):
            continue
        if text[seen:end].strip():  # what is before `seen` is the last sentence, or blank
            _cut(ends, last, end)
            last = end
        seen = end
    if text[last:].strip():
        _cut(ends, last, len(text))
    elif ends:
        ends[-1] = len(text)
    return ends


def _is_abbreviation(text: str, start: int, end: int) -> bool:
    """Whether the stop before `end` belongs to an abbreviation; before a lower-case word every stop does."""
    following = text[end : end + 3].lstrip(" \"'“‘(")
    return bool(following) and (following[0].islower() or bool(_ABBREVIATION.search(text[max(start, end - 8) : end])))


def _cut(ends: list[int], start: int, end: int) -> None:
    ends.extend(range(start + LONGEST, end, LONGEST))
    ends.append(end)
