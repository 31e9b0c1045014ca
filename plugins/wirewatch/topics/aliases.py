"""Aliases as an analyst writes them: plain words, with `(a|b)` for a choice and `(s)` for an optional part (pure).

There are no regular expressions: an alias stands for a short, finite list of words.
"""

from __future__ import annotations

import itertools
import re

MOST_CHOICES = 500
"""An alias that stands for more forms than this is refused: it would be hard to check by reading."""

LONGEST = 2000
"""Characters of an alias as it is written, all its choices included."""

_PART = re.compile(r"\(([^()]*)\)|([^()]+)")
_REGEX_SIGNS = re.compile(r"[\\*+\[\]{}^]|\(\?|\.\*")
_SPACES = re.compile(r"\s+")


def expand(alias: str) -> tuple[str, ...]:
    """The forms that `alias` stands for, in order, without repetition.

    `(US|American) warship(s)` stands for four. Raises ValueError, with the fix, when it is not an alias.
    """
    if _REGEX_SIGNS.search(alias):
        raise ValueError("regular expressions are not supported: write the words, with (a|b) for a choice")
    if len(alias) > LONGEST:
        raise ValueError(f"{len(alias):,} characters, at most {LONGEST:,} are allowed: split it")
    if _PART.sub("", alias):
        raise ValueError("close every bracket, and put none inside another")
    if any("|" in plain for _, plain in _PART.findall(alias)):
        raise ValueError("a choice needs brackets: write (a|b)")
    choices = []
    count = 1
    for group, plain in _PART.findall(alias):
        options = [plain] if plain else group.split("|") if "|" in group else ["", group]
        count *= len(options)
        choices.append(options)
    if count > MOST_CHOICES:
        raise ValueError(f"stands for {count} forms, at most {MOST_CHOICES} are allowed: split it")
    forms = dict.fromkeys(_SPACES.sub(" ", "".join(parts)).strip() for parts in itertools.product(*choices))
    if any(not any(char.isalnum() for char in form) for form in forms):
        raise ValueError("empty: write the words to look for")
    if any(len(form) < 2 for form in forms):
        raise ValueError("one character would be found everywhere: write a longer form")
    return tuple(forms)
