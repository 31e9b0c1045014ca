"""Bylines into names, pure: one name each, without the words, numbers and addresses that stand beside them."""

from __future__ import annotations

import re

from wirewatch.articles.extraction.json_ld import text_of_value
from wirewatch.text.agencies import agency_of
from wirewatch.text.html import squeeze

_LONGEST_NAME = 80
_NO_NAME = re.compile(
    r"https?://|www\.|@|^(?:admin|administrator|editor|web ?master|unknown|null|none|undefined|anonymous|by|author)$",
    re.IGNORECASE,
)
_SHARING = re.compile(
    r"\b(?:facebook|twitter|instagram|linkedin|telegram|whatsapp|newsletter|e-?mail|print|posts?|follow|share|comments?)\b",
    re.IGNORECASE,
)
BY = re.compile(
    r"^(?:(?:written|posted|published|reported|story|text|words|analysis|opinion|report)\s+)?"
    r"(?:by|von|por|par|di|da|door|av|af|от|автор|작성자|文|作者|记者|記者)\s*[:：]?\s+"
    r"|^(?:autore?|autor(?:in)?|autorin/autor|auteure?|redaktor|text|story|reporters?|yazar|penulis|作者|记者|記者|文)\s*[:：]\s*",
    re.IGNORECASE,
)
"""What a byline begins with."""
_IN_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]{1,40}[)\]]")
_HANDLE = re.compile(r"\S*@\S+")
_NUMBER = re.compile(r"(?:\s+|^)#?\d{3,}(?=\s|$)")
"""What a newsroom's system counts its people by."""
_SUFFIX = r"(?:Jr|Sr|II|III|IV|M\.?D|Ph\.?\s?D|Esq|M\.?A|M\.?P\.?H|R\.?N|J\.?D|D\.?O|D\.?D\.?S|CFA|CPA|MBE|OBE)"
_WITH_SUFFIX = re.compile(rf",\s{_SUFFIX}\.?$")
_SPLIT = re.compile(
    rf"\s*(?:;|\||•|·|、|，|\s/\s|(?<=\w\w)/(?=[A-ZÀ-ÖØ-Þ]\w)|,\s(?!{_SUFFIX}\b)"
    r"|,?\s(?:and|und|et|y|e|og|och|en|i|ve|&)\s(?=[A-ZÀ-ÖØ-Þ]))\s*"
)
_LAST_FIRST = re.compile(r"[^\s,]+,\s[^\s,]+")
_FOR = re.compile(r"\s(?:for|at|in)\s(?:the\s)?[A-Z].*$")
"""For whom and where: `Mara Lindqvist in Manila`."""
_ROLE = re.compile(
    r"\b(?:staff|correspondents?|reporters?|editors?|writers?|columnists?|contributors?|bureau|desk|redakteur(?:in)?"
    r"|korrespondent(?:in)?|redaktion|journalist(?:e|in)?|redacci[oó]n|redazione"
    r"|corresponsal|inviat[oa]|special to .*)\b",
    re.IGNORECASE,
)
_MARKS_OF_NO_NAME = re.compile(r"[:?!/|\d]")


def names_in(byline: str) -> list[str]:
    """The names in a byline; none of those that are no names.

    >>> names_in("By Tomas Okafor, Jr. and Ines Halvorsen, MD (Reuters)")
    ['Tomas Okafor, Jr.', 'Ines Halvorsen, MD']
    """
    text = _HANDLE.sub(" ", _IN_BRACKETS.sub("", text_of_value(byline) or ""))
    text = squeeze(_NUMBER.sub(" ", BY.sub("", text))).strip(" ,")
    parts = [text] if _LAST_FIRST.fullmatch(text) and not _WITH_SUFFIX.search(text) else _SPLIT.split(text)
    cleaned = (_clean(part) for part in parts)
    names = [name for name in cleaned if 1 < len(name) <= _LONGEST_NAME and not _NO_NAME.search(name)]
    return [name for n, name in enumerate(names) if not (n and _ROLE.search(name) and is_person(names[0]))]


def is_person(name: str) -> bool:
    """Whether `name` is written as people's names are: two to four words with capitals, short ones without.

    Scripts without small letters have no capitals to look for.
    """
    words = name.partition(",")[0].split()
    return (
        2 <= len(words) <= 4
        and all(len(word) <= 3 or not (word[0].islower() or word.isupper()) for word in words)
        and words[0][0].isalpha()
        and not words[0][0].islower()
        and not _MARKS_OF_NO_NAME.search(name)
        and not _SHARING.search(name)
        and agency_of(name) is None
    )


def _clean(part: str) -> str:
    name = part.strip(" ,.·|/-—–:")
    if _WITH_SUFFIX.search(part):
        name = part.strip(" ,")
    return short if is_person(short := _FOR.sub("", name)) else name
