"""From a text to what copies are found and measured by. Pure.

    text ─ normalise ─▶ tokens ─▶ shingles ─▶ sketch (candidates)
                          ├─▶ segments (sentences: what a site repeats)
                          └─▶ quoted, numbers (what independent reports share)

Tokens are words; in Chinese, Japanese and Thai, which write no spaces, they are characters. A shingle is a run of
tokens hashed to 64 bits. The sketch is the SKETCH smallest shingles of the text (bottom-k MinHash: Broder 1997,
Thorup 2013): two texts with resemblance J share one with probability 1 - (1 - J)^SKETCH or more, 0.97 at J = 0.1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wirewatch.text.folding import fold

WORDS_PER_SHINGLE = 5
CHARACTERS_PER_SHINGLE = 8
"""A Chinese word has about 1.6 characters, so that both kinds of shingle say about as much."""

SKETCH = 32
SEGMENT_TOKENS = 4
"""A shorter sentence says too little to be known again (`Read more`)."""

Hashes = NDArray[np.uint64]

_SPACELESS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f\u0e80-\u0eff\u1780-\u17ff"
_TOKEN = re.compile(rf"[{_SPACELESS}]|[^\W_{_SPACELESS}]+(?:'[^\W_{_SPACELESS}]+)*")
_IS_SPACELESS = re.compile(f"[{_SPACELESS}]")
_SEGMENT_END = re.compile(r"(?:(?<=[.!?…])[\"”’)\]]*\s+)|(?<=[。！？])[”」』]*|\n+|\s{2,}|\t")
_QUOTE = re.compile(r"“[^“”\n]{1,1500}(?:”|$)|\"[^\"\n]{1,600}\"|「[^「」\n]{1,600}」|«[^«»\n]{1,1500}»", re.MULTILINE)
_ONE_SIGN = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "！": "!", "？": "?", "\u00ad": None, "\u200b": None, "\ufeff": None}
)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class ReadText:
    """A text as copies see it. Arrays run over its tokens, in order; nobody writes to them."""

    tokens: Hashes
    quoted: NDArray[np.bool_]
    """Stands between quotation marks."""
    digits: NDArray[np.bool_]
    """Is a number."""
    segment_of: NDArray[np.int32]
    """Which of `segments` it belongs to."""
    segments: tuple[int, ...]
    """Hash of each sentence, in order; 0 where it is too short to be known again."""
    spaceless: bool
    """Most of it is written without spaces, so that tokens are characters."""

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def shingle_length(self) -> int:
        """In tokens."""
        return CHARACTERS_PER_SHINGLE if self.spaceless else WORDS_PER_SHINGLE

    @property
    def words(self) -> float:
        """Length in words, whatever the script."""
        return len(self.tokens) * WORDS_PER_SHINGLE / self.shingle_length

    @cached_property
    def shingles(self) -> Hashes:
        """One for each token that `shingle_length` tokens start from."""
        length = self.shingle_length
        starts = len(self.tokens) - length + 1
        if starts <= 0:
            return np.empty(0, np.uint64)
        rolled = np.zeros(starts, np.uint64)
        for offset in range(length):
            rolled = rolled * _MULTIPLIER + self.tokens[offset : offset + starts]
        return _mixed(rolled)

    @cached_property
    def shingle_set(self) -> Hashes:
        """The different shingles, ascending."""
        return np.unique(self.shingles)

    @cached_property
    def numbers(self) -> frozenset[int]:
        """Hashes of the numbers in it."""
        return frozenset(self.tokens[self.digits].tolist())

    @cached_property
    def digest(self) -> int:
        """One hash of all tokens: equal for texts that differ in case, punctuation and space only."""
        return _signed(_hash(self.tokens.tobytes()))

    @cached_property
    def sketch(self) -> tuple[int, ...]:
        """The smallest shingles, as Postgres keeps them (signed)."""
        return tuple(self.shingle_set[:SKETCH].view(np.int64).tolist())

    def without(self, boilerplate: frozenset[int]) -> ReadText:
        """The reading without the sentences of `boilerplate`."""
        dropped = np.array([segment in boilerplate for segment in self.segments], bool)
        if not dropped.any():
            return self
        kept = ~dropped[self.segment_of]
        return ReadText(
            self.tokens[kept],
            self.quoted[kept],
            self.digits[kept],
            self.segment_of[kept],
            self.segments,
            self.spaceless,
        )

    def between(self, start: int, end: int) -> ReadText:
        """The tokens from `start` to before `end`."""
        part = slice(start, end)
        return ReadText(
            self.tokens[part],
            self.quoted[part],
            self.digits[part],
            self.segment_of[part],
            self.segments,
            self.spaceless,
        )


def read(text: str) -> ReadText:
    """The reading of `text`: Unicode NFKC, without punctuation, case, accents and traditional Chinese forms."""
    text = unicodedata.normalize("NFKC", text).translate(_ONE_SIGN)
    spans = [match.span() for match in _TOKEN.finditer(text)]
    folded = fold(text)
    words = [folded[start:end] for start, end in spans]
    starts = np.fromiter((start for start, _ in spans), np.int64, len(spans))
    tokens = np.fromiter(map(_token_hash, words), np.uint64, len(words))

    quoted = np.zeros(len(spans), bool)
    for quote in _QUOTE.finditer(text):
        quoted[np.searchsorted(starts, quote.start()) : np.searchsorted(starts, quote.end())] = True

    ends = np.fromiter((match.end() for match in _SEGMENT_END.finditer(text)), np.int64)
    segment_of = np.searchsorted(ends, starts, side="right")
    present, segment_of = np.unique(segment_of, return_inverse=True)
    bounds = [*np.searchsorted(segment_of, np.arange(len(present))).tolist(), len(tokens)]
    segments = tuple(
        _signed(_hash(tokens[start:end].tobytes())) if end - start >= SEGMENT_TOKENS else 0
        for start, end in pairwise(bounds)
    )
    return ReadText(
        tokens=tokens,
        quoted=quoted,
        digits=np.fromiter((word[0].isdigit() for word in words), bool, len(words)),
        segment_of=segment_of.astype(np.int32),
        segments=segments,
        spaceless=_mostly_spaceless(words),
    )


def filed(keys: Iterable[int], under: str) -> list[int]:
    """`keys` as they are filed under a heading, such as a week: under another one they are others.

    So an index over many years finds what is under one heading without seeing the rest.
    """
    found = np.fromiter(keys, np.int64).view(np.uint64)
    filed_keys: list[int] = _mixed(found ^ np.uint64(_token_hash(under))).view(np.int64).tolist()
    return filed_keys


def headline_words(headline: str) -> frozenset[tuple[int, ...]]:
    """The words of a headline that carry its meaning, as the hashes of their tokens.

    Words of four letters and more, numbers, and in texts without spaces each pair of characters.
    """
    text = unicodedata.normalize("NFKC", headline).translate(_ONE_SIGN)
    words = _TOKEN.findall(fold(text))
    if _mostly_spaceless(words):
        return frozenset((_token_hash(first), _token_hash(second)) for first, second in pairwise(words))
    return frozenset((_token_hash(word),) for word in words if len(word) >= 4 or word[0].isdigit())


def _mostly_spaceless(words: list[str]) -> bool:
    return sum(map(bool, map(_IS_SPACELESS.match, words))) * 2 > len(words)


@lru_cache(maxsize=1 << 17)
def _token_hash(token: str) -> int:
    return _hash(token.encode("utf-8", "surrogatepass"))


def _hash(data: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little")


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _mixed(values: Hashes) -> Hashes:
    """The finaliser of SplitMix64 (Steele 2014): every bit of the answer depends on every bit of the value."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
