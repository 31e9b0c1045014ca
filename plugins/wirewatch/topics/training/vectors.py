"""Words and their vectors, from which a topic learns what each word speaks for.

The vectors are WordLlama's: 256 numbers for each piece of a word, learned from general text, in the package. An article
is the mean of its head's words, as the tagger takes it (wirewatch/topics/words.py). A weight for each of the 256
numbers is therefore a weight for each word, also for words that no labelled item has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from wirewatch.text.folding import fold
from wirewatch.topics.rules import Topic
from wirewatch.topics.words import WordTable, words_in

LANGUAGE = "en"
SIZE = 256
MOST = 14_000
"""Words that are taken from texts; forms with and without capitals count twice here, and once in the table."""
_LONGEST_ABBREVIATION = 5


class Vocabulary:
    """The words that a model can know, each with its vector."""

    def __init__(self, topic: Topic, texts: Iterable[str]) -> None:
        """Words of the topic's aliases, and those that most of `texts` have."""
        vectors, tokenizer = _wordllama()
        aliases = (alias.text for entry in topic.entries for alias in entry.aliases if alias.language == LANGUAGE)
        seen = Counter(word for text in texts for word in {word for word, *_ in words_in(text)})
        often = (word for word, _ in seen.most_common(MOST))
        written = {word for text in (*aliases, *often) for word, *_ in words_in(text) if word.isascii()}
        self.words = sorted({key for word in written for key in _keys(word, tokenizer)})
        self._row: dict[str, tuple[float, ...]] = {word: (float(number),) for number, word in enumerate(self.words)}
        self._table = WordTable((LANGUAGE,), ("row",), self._row)
        self.vectors = np.array([_vector(word, vectors, tokenizer) for word in self.words])
        """One row a word, SIZE columns."""

    def mean(self, title: str, head: str, language: str | None) -> np.ndarray:
        """The mean of the head's vectors; zeros where it has no known word."""
        words = self._table.read(title, head, language)
        if not words:
            return np.zeros(SIZE)
        rows = [int(self._row[word.key][0]) for word in words]
        return np.asarray(np.array([word.part for word in words]) @ self.vectors[rows])


@cache
def _wordllama() -> tuple[np.ndarray, Any]:
    import wordllama

    # It looks for its own tokenizer in its cache only: the package is named as that.
    folder = Path(wordllama.__file__).parent
    loaded = wordllama.WordLlama.load(dim=SIZE, cache_dir=folder, disable_download=True)
    return loaded.embedding, loaded.tokenizer


def _keys(word: str, tokenizer: Any) -> Iterable[str]:
    """How a table holds `word`: folded; in capitals too, when these are a piece of their own."""
    yield fold(word)
    if word.isupper() and len(word) <= _LONGEST_ABBREVIATION and len(_pieces(word, tokenizer)) == 1:
        yield word


def _vector(word: str, vectors: np.ndarray, tokenizer: Any) -> np.ndarray:
    """The mean of its pieces; of *china* and *China* the one that falls into fewer pieces, or the mean of both."""
    forms = [word] if word.isupper() else [word, word.capitalize()]
    pieces = [_pieces(form, tokenizer) for form in forms]
    fewest = min(map(len, pieces))
    return np.asarray(np.mean([vectors[own].mean(axis=0) for own in pieces if len(own) == fewest], axis=0))


def _pieces(word: str, tokenizer: Any) -> list[int]:
    return list(tokenizer.encode(word, add_special_tokens=False).ids)
