"""Who wrote a page's article (pure): from JSON-LD, `<meta>` and the printed byline.

The first source that names somebody else than the site counts; a site that only names itself there is believed when no
person is printed. An agency is somebody else. A name that holds two which a printed byline gives apart is those two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice

from lxml.html import HtmlElement

from wirewatch.articles.extraction.boilerplate import fold
from wirewatch.articles.extraction.bylines import marked_bylines, unmarked_bylines
from wirewatch.articles.extraction.head import Head
from wirewatch.articles.extraction.json_ld import Node, listed, text_of_value, types
from wirewatch.articles.extraction.person_names import is_person, names_in
from wirewatch.text.agencies import agency_of

_MAX_AUTHORS = 12
_MAX_BYLINES = 3
_WORDS_OF_TWO = 4
"""Words from which a name may be two people's."""
_META = (
    *("author", "parsely-author", "article:author", "sailthru.author", "dc.creator", "dcterms.creator", "byl"),
    *("article:author_name", "cxenseparse:author", "citation_author", "og:article:author", "authors", "article.author"),
)
_MAX_CARD_LABELS = 4
_WRITTEN_BY = re.compile(
    r"written by|authors?|by|verfasst von|geschrieben von|autor|(?:e|é)crit par|auteur|escrito por|scritto da|autore"
    r"|geschreven door|skriven av|skrevet av|skrevet af|napisane przez|написано автором|автор|yazan"
    r"|作者|执笔|執筆者|글쓴이",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,10}")


def find_authors(article: Node, head: Head, tree: HtmlElement) -> tuple[str, ...]:
    """The authors' names as written; the site's own name when that is all there is."""
    is_site = _site_of(article, head)
    printed = cache(lambda: tuple(islice(marked_bylines(tree), _MAX_BYLINES)))
    fallback: tuple[str, ...] = ()
    for source in _declared(article, head):
        names = tuple(dict.fromkeys(part for name in source for part in _apart(name, printed)))[:_MAX_AUTHORS]
        if not all(map(is_site, names)):
            return names
        fallback = fallback or names
    # What a page marks as its byline may be anything; against a name that it declares, only a person's counts.
    for byline in chain(printed(), unmarked_bylines(tree, head)):
        persons = tuple(name for name in byline if is_person(name) and not is_site(name))
        if names := persons or (() if fallback else tuple(byline)):
            return names[:_MAX_AUTHORS]
    return fallback


def _declared(article: Node, head: Head) -> Iterator[Iterable[str]]:
    """What JSON-LD and `<meta>` name, the most trusted first."""
    yield _people(article.get("author"))
    yield _people(article.get("creator"))
    yield (name for key in _META for value in head.metas.get(key, ()) for name in names_in(value))
    yield (name for value in _on_cards(head) for name in names_in(value))


def _on_cards(head: Head) -> Iterator[str]:
    """What a page has shown on the cards of social networks as its writer: `Written by` with its value."""
    for n in range(1, _MAX_CARD_LABELS + 1):
        if _WRITTEN_BY.fullmatch(head.meta(f"twitter:label{n}") or "") and (value := head.meta(f"twitter:data{n}")):
            yield value
    yield from head.metas.get("twitter:misc:written by", ())


def _people(value: object, depth: int = 0) -> Iterator[str]:
    for part in listed(value):
        if isinstance(part, str):
            yield from names_in(part)
        elif isinstance(part, dict) and depth < 3:
            family = " ".join(name for key in ("givenName", "familyName") if (name := text_of_value(part.get(key))))
            yield from _people(part.get("name") or part.get("@value") or family or None, depth + 1)
        elif isinstance(part, list) and depth < 3:
            yield from _people(part, depth + 1)


def _site_of(article: Node, head: Head) -> Callable[[str], bool]:
    """Whether a name is the site's, or that of the company that JSON-LD names where a newsroom knows no person."""
    names = (head.meta("og:site_name", "application-name"), text_of_value(article.get("publisher")))
    own = {fold(name) for name in names if name}
    companies = (part for part in listed(article.get("author")) if isinstance(part, dict) and _is_company(part))
    own |= {fold(name) for part in companies for name in _people(part) if agency_of(name) is None}
    return lambda name: fold(name) in own or _DOMAIN.fullmatch(name) is not None


def _is_company(author: Node) -> bool:
    return any(name.endswith("Organization") for name in types(author))


def _apart(name: str, printed: Callable[[], Sequence[Sequence[str]]]) -> Sequence[str]:
    """`name`, or the printed names that it is made of."""
    if len(name.split()) < _WORDS_OF_TWO:
        return (name,)
    return next((names for names in printed() if len(names) > 1 and fold("".join(names)) == fold(name)), (name,))
