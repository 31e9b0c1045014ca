"""Offers to subscribe that are in place of the rest of a story, and fronts: pages of teasers (pure).

An offer is a part of the page that is headed by a call to read on as a subscriber and speaks of its terms: prices,
periods, notice. It is taken out, whatever it is called; what is left is the story's beginning, or nothing.

A front is a page whose running paragraphs each stand under the linked headline of another page.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

from lxml.html import HtmlElement

from wirewatch.articles.extraction.boxes import linked

_LONGEST_CALL = 160
_CALL = re.compile(
    r"lesen sie (?:weiter|diesen artikel)|weiterlesen|jetzt (?:abonnieren|testen|freischalten)|nur für abonnent"
    r"|subscribe (?:now|today|to)|continue reading|keep reading|to read (?:the|this) full|already a subscriber"
    r"|subscribers? only|unlock this|become a (?:member|subscriber)|lire la suite|réservée? aux abonnés|abonnez-vous"
    r"|suscr[ií]bete|para suscriptores|sigue leyendo|abbonati|riservato agli abbonati|assine (?:já|agora)"
    r"|para assinantes|подпис(?:ка|аться|чиков)|会員(?:限定|登録)|続きを読む|订阅|구독",
    re.IGNORECASE,
)
_TERM = re.compile(
    r"\d[.,]\d\d\s?(?:€|euro|eur\b|\$|£)|[€$£]\s?\d|\b(?:abonnement|abo\b|subscription|suscripci[oó]n|abbonamento|assinatura)"
    r"|kündbar|cancel any ?time|sans engagement|pro (?:woche|monat)|(?:per|a) (?:week|month)|par mois|al mes|al mese"
    r"|free trial|probe(?:monat|abo)|first month|digital access|zugang zu allen|unlimited access",
    re.IGNORECASE,
)
_LEAST_TERMS = 2
_CALLS_IN = ("h2", "h3", "h4", "p", "strong", "b", "div", "span", "a")
_WHOLE = frozenset({"body", "article", "main", "html"})
_MUCH = 3000
"""Characters in running paragraphs from which a page shows its story."""
_LOOKED_UP = 3
_RUNNING = 80
_LEAST_TEASERS = 3
_MOST_OF_TEASER = 2
"""Running paragraphs under one headline."""
_NEARLY_ALL = 0.8
_HEADLINES = ("h2", "h3", "h4")


def remove_offers(tree: HtmlElement) -> bool:
    """Takes the offers to subscribe out of a `tree` that shows little; whether there was one."""
    shown = 0
    for paragraph in tree.iter("p"):
        length = len("".join(paragraph.itertext()))
        shown += length if length >= _RUNNING else 0
        if shown > _MUCH:
            return False
    calls = [
        element
        for element in tree.iter(*_CALLS_IN)
        if element.text and len(element.text) <= _LONGEST_CALL and _CALL.search(element.text)
    ]
    offers = {offer for call in calls if (offer := _offer_around(call)) is not None}
    for offer in offers:
        if offer.getparent() is not None:
            offer.drop_tree()
    return bool(offers)


def _offer_around(call: HtmlElement) -> HtmlElement | None:
    """The smallest element around `call` that speaks of terms; None when there is none that is not the page."""
    for ancestor in islice(call.iterancestors(), _LOOKED_UP):
        if ancestor.tag in _WHOLE or next(ancestor.iter("h1"), None) is not None:
            return None
        if len({term.lower() for term in _TERM.findall("".join(ancestor.itertext()))}) >= _LEAST_TERMS:
            return ancestor
    return None


def is_front(tree: HtmlElement) -> bool:
    """Whether nearly all running paragraphs of `tree` stand under linked headlines of other pages, one or two each."""
    running = _running(tree)
    teasers = Counter(heading for paragraph in running if (heading := _headline_over(paragraph)) is not None)
    short = sum(number for number in teasers.values() if number <= _MOST_OF_TEASER)
    return len(teasers) >= _LEAST_TEASERS and short >= _NEARLY_ALL * len(running)


def _running(tree: HtmlElement) -> list[HtmlElement]:
    return [p for p in tree.iter("p") if len("".join(p.itertext())) >= _RUNNING + linked(p)]


def _headline_over(paragraph: HtmlElement) -> HtmlElement | None:
    """The only linked headline beside `paragraph`."""
    for ancestor in islice(paragraph.iterancestors(), _LOOKED_UP):
        if ancestor.tag in ("body", "main") or next(ancestor.iter("h1"), None) is not None:
            return None
        if headlines := [heading for heading in ancestor.iter(*_HEADLINES) if _is_linked(heading)]:
            return headlines[0] if len(headlines) == 1 else None
    return None


def _is_linked(heading: HtmlElement) -> bool:
    return next(heading.iter("a"), None) is not None or next(heading.iterancestors("a"), None) is not None
