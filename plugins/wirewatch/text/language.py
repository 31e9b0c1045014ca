"""Languages, pure: what page and feed declare, and what a detector reads in the text, reconciled.

Everywhere ISO 639-1 codes, Chinese of all kinds as `zh`, Norwegian of both kinds as `no`.
"""

from __future__ import annotations

import re

import py3langid

_SAMPLE = 1000
_GUESSED_FROM = 2000
"""Characters from which a language is guessed where nothing is declared."""
_ENOUGH = 200
"""Length (see written_length) from which the detector is believed against the declaration."""
_CODE = re.compile(r"[A-Za-z]{2,3}(?=$|[-_@.])")
_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "cmn": "zh", "yue": "zh", "fil": "tl", "sh": "sr"}
_ALIKE = tuple(
    frozenset(group.split())
    for group in (
        "no da sv",
        "hr sr bs sl",
        "id ms",
        "xh zu ss st tn",
        "cs sk",
        "pt gl es",
        "ru uk be bg mk",
        "hi mr ne",
        "fa ar ur ps",
    )
)
"""Languages that the detector mixes up: among them the declaration is believed."""
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def article_language(text: str, declared: str | None, feed_language: str | None) -> str | None:
    """ISO 639-1 of `text`, Chinese of all kinds as `zh`; None when nothing tells.

    The detector wins over a declaration when there is enough text and it sees another language, not only a close one:
    templates declare the language of the site's makers.
    """
    stated = _code(declared) or _code(feed_language)
    sample = text[:_SAMPLE]
    if written_length(sample[:_ENOUGH]) < _ENOUGH:
        return stated or (_detected(sample) if sample.strip() else None)
    seen = _detected(sample)
    if stated and any({stated, seen} <= group for group in _ALIKE):
        return stated
    return seen


def guess_language(text: str) -> str | None:
    """The code of the language that the beginning of `text` is written in; None for an empty text."""
    beginning = text[:_GUESSED_FROM].strip()
    return _detected(beginning) if beginning else None


def written_length(text: str) -> int:
    """Characters of `text`, those of Han, kana and Hangul counted three times: they say about as much."""
    return len(text) + 2 * len(_DENSE.findall(text))


def _detected(sample: str) -> str:
    code: str = py3langid.classify(sample)[0]
    return _SAME.get(code, code)


def _code(declared: str | None) -> str | None:
    match = _CODE.match((declared or "").strip())
    if match is None:
        return None
    code = match[0].lower()
    code = _SAME.get(code, code)
    return code if len(code) == 2 else None
