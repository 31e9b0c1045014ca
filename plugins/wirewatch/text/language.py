"""Languages, pure: what page and feed declare, and what a detector reads in the text, reconciled.

Everywhere ISO 639-1 codes, Chinese of all kinds as `zh`, Norwegian of both kinds as `no`.
"""

from __future__ import annotations

import re
from functools import lru_cache

import py3langid

_SAMPLE = 1000
_GUESSED_FROM = 2000
"""Characters from which a language is guessed where nothing is declared."""
_ENOUGH = 200
"""Length (see written_length) from which the detector overrides the declaration."""
_CODE = re.compile(r"[A-Za-z]{2,3}(?=$|[-_@.])")
_SAME = {"nb": "no", "nn": "no", "yue": "zh", "fil": "tl"}
"""Codes that CLDR keeps apart and news does not: one code for Norwegian, for Chinese, and for Filipino."""
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
"""Languages that the detector mixes up: among them the declaration is used."""
_NEWS_LANGUAGES = """
ar bg bn cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nl no pl pt ro ru sk sl sr sv ta th tr uk ur vi
zh
"""
_COMMON = frozenset(_NEWS_LANGUAGES.split())
"""Languages that a text of a few words is taken for; among all others the detector only guesses."""
_LETTERS = re.compile(r"[^\W\d_]")
_SCRIPTS = {
    name: re.compile(f"[{letters}]")
    for name, letters in {
        "han": "\u3400-\u9fff",
        "kana": "\u3040-\u30ff",
        "hangul": "\uac00-\ud7af",
        "cyrillic": "\u0400-\u052f",
        "arabic": "\u0600-\u06ff",
        "hebrew": "\u0590-\u05ff",
        "greek": "\u0370-\u03ff",
        "devanagari": "\u0900-\u097f",
        "thai": "\u0e00-\u0e7f",
        "latin": "A-Za-z\u00c0-\u024f\u1e00-\u1eff",
    }.items()
}
_WRITTEN_IN = {
    "zh": "han", "ja": "han kana", "ko": "hangul han", "el": "greek", "he": "hebrew", "th": "thai",
    **dict.fromkeys(["ar", "fa", "ur", "ps"], "arabic"), **dict.fromkeys(["hi", "mr", "ne"], "devanagari"),
    **dict.fromkeys(["ru", "uk", "be", "bg", "mk"], "cyrillic"), "sr": "cyrillic latin",
}  # fmt: skip
"""Scripts of the languages that are not written in Latin letters."""
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def article_language(text: str, declared: str | None, feed_language: str | None) -> str | None:
    """ISO 639-1 of `text`, Chinese of all kinds as `zh`; None when nothing tells.

    The detector wins over a declaration when there is enough text and it sees another language, not only a close one:
    templates declare the language of the site's makers.
    """
    stated = _short_code(declared) or _short_code(feed_language)
    sample = text[:_SAMPLE]
    if written_length(sample[:_ENOUGH]) < _ENOUGH:
        return text_language(sample, stated)
    seen = _detected(sample)
    if stated and any({stated, seen} <= group for group in _ALIKE):
        return stated
    return seen


def text_language(text: str, stated: str | None) -> str | None:
    """The language of a text whose sender says that it is `stated`: that, unless the script is another one's.

    Without a statement it is the detector's; for a short text the likeliest of the languages that news is written in.
    None for an empty text.
    """
    if stated and not _in_another_script(text, stated):
        return stated
    beginning = text[:_GUESSED_FROM].strip()
    if not beginning:
        return stated
    if written_length(beginning[:_ENOUGH]) >= _ENOUGH:
        return _detected(beginning)
    codes: list[str] = [_SAME.get(code, code) for code, _ in py3langid.rank(beginning)]
    return next(code for code in codes if code in _COMMON)


def _in_another_script(text: str, language: str) -> bool:
    """Whether most letters of the text's beginning are of scripts that the language is not written in."""
    sample = text[:_ENOUGH]
    letters = len(_LETTERS.findall(sample))
    if not letters or language not in _COMMON:
        return False
    own = sum(len(_SCRIPTS[name].findall(sample)) for name in _WRITTEN_IN.get(language, "latin").split())
    return own < letters / 2


def guess_language(text: str) -> str | None:
    """The code of the language that the beginning of `text` is written in; None for an empty text."""
    return text_language(text, None)


def written_length(text: str) -> int:
    """Characters of `text`, those of Han, kana and Hangul counted three times: they say about as much."""
    return len(text) + 2 * len(_DENSE.findall(text))


def _detected(sample: str) -> str:
    code: str = py3langid.classify(sample)[0]
    return _SAME.get(code, code)


@lru_cache(maxsize=1000)
def language_code(tag: str | None) -> str | None:
    """The language of a tag such as `en-US`, `cmn` or `en_GB.utf8`: ISO 639-1, else ISO 639-3; None for no tag."""
    import langcodes  # 60 ms, which a process with nothing to look up does not pay

    match = _CODE.match((tag or "").strip())
    if match is None or not langcodes.tag_is_valid(match[0]):
        return None
    code: str = langcodes.standardize_tag(match[0], macro=True).partition("-")[0]
    return _SAME.get(code, code)


def _short_code(tag: str | None) -> str | None:
    code = language_code(tag)
    return code if code and len(code) == 2 else None
