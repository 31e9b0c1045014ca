"""The headline of a page, and where it stands (pure).

A page has several: the printed one, JSON-LD's, one for links to it (`og:title`), and `<title>`. Some are made for
search engines. What is printed wins where another source confirms it; a first heading in a menu or in a path of links
counts as not printed, and then a second heading may be the headline. Where sources differ and none is printed,
JSON-LD's comes first, unless the title for links is that headline without its kicker or its tail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wirewatch.articles.extraction.boilerplate import fold
from wirewatch.articles.extraction.head import Head

PRINTED, JSON_LD, META, TITLE = "html:heading", "html:json-ld", "html:meta", "html:title"
"""Where a title was found: in a heading of the page, in JSON-LD, in `og:title` and the like, in `<title>`."""

_LEAST_OF_HEADLINE = 0.5
"""Share of the longer of two headlines that the shorter is, when it is a whole one."""
_LONGEST_HEADLINE = 120
"""Characters from which a heading that nothing confirms is not a headline, but a paragraph."""
_LEAST_IN_FEED = 10
_TICKER = "+++"
_CUT_FROM = 100
"""Characters from which JSON-LD's headline may have been cut."""
_SITE_MARK = re.compile(r"\s+[|–—\-·•»:/ㅣ]\s+|\s*[|｜ㅣ_：]\s*|\s+»\s+|(?<=\S)-(?=[^-]*[|ㅣ])")
_CUT = ("…", "...")


def headline(declared: str | None, head: Head) -> tuple[str | None, str | None]:
    """The headline and its source; (None, None) when there is none. `declared` is JSON-LD's."""
    title = _declared_or_printed(declared, head) if declared else _printed_or_titled(head)
    if not title:
        return None, None
    return title, _source(title, declared, head)


def as_in_feed(title: str, feed_title: str | None) -> str:
    """`title` without the name of the site before or after it, where the feed has the rest as its own."""
    folded = fold(feed_title or "")
    if len(folded) >= _LEAST_IN_FEED:
        for mark in _SITE_MARK.finditer(title):
            for part in (title[: mark.start()], title[mark.end() :]):
                if fold(part) == folded:
                    return part.strip()
    return title


def _source(title: str, declared: str | None, head: Head) -> str:
    folded = fold(title)
    if any(folded in (fold(heading.text), fold(heading.last)) for heading in head.headings if heading.printed):
        return PRINTED
    if declared and folded in fold(declared):
        return JSON_LD
    return META if folded in fold(_for_links(head) or "") else TITLE


def _for_links(head: Head) -> str | None:
    return head.meta("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title")


def _site(head: Head) -> str | None:
    return head.meta("og:site_name", "application-name")


def _declared_or_printed(declared: str, head: Head) -> str:
    firsts = head.first_headings
    title = _whole(_without_site(declared, _site(head), firsts), firsts)
    shown = _without_site(_for_links(head) or "", _site(head), firsts)
    in_tab = _without_site(head.title or "", _site(head), firsts)
    return (
        _second_heading(head, title, shown)
        or _confirmed_heading(head, title, shown, in_tab)
        or (shown if _is_the_readers(shown, title, head) else title)
    )


def _whole(title: str, firsts: Sequence[str]) -> str:
    """`title`, or the first heading that it was cut from."""
    if len(title) < _CUT_FROM and not title.endswith(_CUT):
        return title
    start = fold(title.rstrip("….")) or title
    return next((first for first in firsts if len(first) > len(title) and fold(first).startswith(start)), title)


def _second_heading(head: Head, *claims: str) -> str | None:
    """The headline where the first heading is not printed: the second heading that ends as one of the `claims` does."""
    if any(heading.level == 1 and heading.printed for heading in head.headings):
        return None
    for heading in head.headings:
        if heading.level == 2 and heading.printed:
            whole, last = fold(heading.text), fold(heading.last)
            endings = [claim for claim in claims if (folded := fold(claim)) and whole.endswith(folded)]
            if endings and len(last) >= _LEAST_OF_HEADLINE * len(whole) and whole.endswith(last):
                return min((*endings, heading.last), key=len)
            if endings:
                return min(endings, key=len)
    return None


def _confirmed_heading(head: Head, declared: str, shown: str, in_tab: str) -> str | None:
    """The printed heading, where the page's other titles are not of one mind without it."""
    heading = _printed_heading(head)
    if heading is None:
        return None
    folded, declared, shown, in_tab = map(fold, (heading, declared, shown, in_tab))
    if folded == declared:
        return None
    if folded == shown:
        return heading
    apart = shown and not any(claim in folded or folded in claim for claim in (declared, shown, in_tab))
    alone = apart and shown not in (declared, in_tab) and _TICKER not in heading
    return heading if alone and _LEAST_OF_HEADLINE * len(declared) <= len(folded) <= _LONGEST_HEADLINE else None


def _printed_heading(head: Head) -> str | None:
    """The first heading of the first level that is printed; None when there is none."""
    return next((heading.text for heading in head.headings if heading.level == 1 and heading.printed), None)


def _is_the_readers(shown: str, declared: str, head: Head) -> bool:
    """Whether `shown`, the title for links to the page, is what readers see as the headline, and JSON-LD's is not.

    JSON-LD's may be the same with a kicker before or more words after it, or be made for search engines: then
    `<title>` repeats it, and `<h1>` repeats the other.
    """
    title, other = fold(shown), fold(declared)
    if len(title) < _LEAST_OF_HEADLINE * len(other) or title == other or shown.endswith(_CUT):
        return False
    if title in other:
        within_word = declared.startswith(shown) and declared[len(shown) :][:1].isalnum()
        return other.endswith(title) or (other.startswith(title) and not within_word)
    return title in map(fold, head.first_headings) and other in fold(head.title or "")


def _printed_or_titled(head: Head) -> str | None:
    """Without JSON-LD: the first heading that the other titles repeat, else these without the site's name."""
    social, firsts = _for_links(head), head.first_headings
    titles = [fold(title) for title in (social, head.title) if title]
    # A page headed by its section's name repeats that name in its title, too: a headline is at least half of it.
    enough = _LEAST_OF_HEADLINE * len(fold(_without_site(social, _site(head), firsts))) if social else 0
    for first in firsts:
        folded = fold(first)
        if len(first) > 3 and len(folded) >= enough and any(folded in title for title in titles):
            return first
    best = _without_site(social or head.title or "", _site(head), list(_headline_like(head)))
    # A page whose <title> is hardly more than the site's name has its headline in its one heading.
    if firsts and not social and (not best or (len(firsts) == 1 and 2 * len(best) < len(firsts[0]))):
        return firsts[0]
    return best or None


def _headline_like(head: Head) -> Iterator[str]:
    """The headings of the first level; of the others where there is none."""
    firsts = head.first_headings
    yield from firsts or (heading.text for heading in head.headings if heading.printed)


def _without_site(title: str, site: str | None, headings: Sequence[str]) -> str:
    """`title` without the name of the site, its section or the date after a `|`, `-` or the like.

    Cut is what follows the last mark, when it is the site's name, or when a heading is what remains; a headline's own
    colons and dashes stay.
    """
    folded = {fold(heading) for heading in headings}
    marks = list(_SITE_MARK.finditer(title))
    for mark in marks:
        if fold(title[: mark.start()]) in folded and mark.start() >= 10:
            return title[: mark.start()].strip()
    if site and (found := _without_name(title, fold(site), marks)):
        return found
    if marks and len(marks) <= 3 and any(character in marks[-1][0] for character in "|｜ㅣ"):
        kept = title[: marks[-1].start()].strip()
        if len(kept) >= 15 and len(kept) > len(title) - marks[-1].end():
            return kept
    return title


def _without_name(title: str, name: str, marks: Sequence[re.Match[str]]) -> str | None:
    """`title` without the folded `name` of the site after or before one of its `marks`."""
    for mark in marks:
        tail = fold(title[mark.end() :])
        if tail and mark.start() >= 10 and (tail == name or tail.startswith(name) or name.startswith(tail)):
            return title[: mark.start()].strip()
    if marks and fold(title[: marks[0].start()]) == name:
        return title[marks[0].end() :].strip()
    return None
