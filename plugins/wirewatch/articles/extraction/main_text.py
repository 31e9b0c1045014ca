"""The main text of a page, pure: trafilatura's, checked against a second opinion, fixed by JSON-LD.

The paragraphs that run on outside of links, in the element that holds most of them, are a cheap second opinion. On a
plainly built page (`running.py`: three of four news pages) trafilatura sees that element alone. Of the others it sees
the whole, in its fast mode; when the two disagree, it runs again with its fallbacks (readability, justext), and the
text that agrees better is taken. Where JSON-LD carries the body, lines that it doesn't have are dropped, or the body is
taken whole when the page shows less than it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document

from wirewatch.articles.extraction.boilerplate import fold
from wirewatch.articles.extraction.boxes import linked
from wirewatch.articles.extraction.gaps import is_text, with_lost_paragraphs, with_openings
from wirewatch.articles.extraction.running import Running, alone, is_plain, running_paragraphs
from wirewatch.records import clean_text
from wirewatch.text.html import blocks

_AGREEMENT = 0.8
"""F1 against the running paragraphs above which the fast mode's text is taken: the fallbacks then add nothing."""
_READ = 0.6
"""The same, below which the fast mode did not understand the page, whatever is put back afterwards."""
_PAGE_IN_A_LINE = 0.95
"""Share of a one-line text that the running paragraphs must be, for it to be them."""
_BODY_WHOLE = 0.9
"""Share of the page's long lines that JSON-LD's body must hold to be the measure of the others."""
_BODY_MOST = 0.7
"""The same, when the page in its turn holds _BODY_WHOLE of the body: a body that is only a teaser never measures."""
_MUCH_MORE = 1 / 3
"""Share of a body that the page doesn't show, from which it is taken for the text."""
_KNOWN = 20
_LONG = 100
_LITTLE = 600
_PAYWALL = re.compile(
    r"(?:reserved|only|exclusive|available)(?: exclusively)? (?:for|to) (?:our )?subscribers"
    r"|subscribe (?:now )?to (?:continue|read|keep reading|unlock)|to continue reading|sign in to (?:continue|read)"
    r"|already a subscriber|this (?:article|story|content) is for (?:subscribers|members)|nur für abonnenten"
    r"|weiterlesen mit|réservée? aux abonnés|il vous reste|(?:solo|exclusivo) para suscriptores"
    r"|riservato agli abbonati|exclusivo para assinantes|(?:только )?(?:по подписке|подписчикам)"
    r"|会員限定|有料会員|订阅后",
    re.IGNORECASE,
)
_LEAST_PARAGRAPHS = 3
_LEAST_OF_HOME = 0.6
"""Share of the running paragraphs of one home that a text must hold."""
_OF_HOME = 0.5
"""Share of a text that is in that home, for it to be a part of its story."""
_TAG = re.compile(r"<[^<>]{1,300}>")
_BREAK = re.compile(r"</?(?:p|br|div|li|h[1-6]|blockquote)\b[^<>]{0,300}>", re.IGNORECASE)
_GLUED = re.compile(r"(?<=[.!?…”\"])(?=[A-ZÀ-ÖØ-ÞА-Я“\"])")


@dataclass(frozen=True, slots=True)
class MainText:
    """The text that was found, one paragraph a line, boilerplate included."""

    lines: tuple[str, ...]
    visible: int
    """Letters that the page shows in all; only counted when little text was found, else 0."""
    linked: float
    """Share of the page's characters that are in links; only counted when it has no running text, else 0."""
    paywalled: bool
    """The page asks to subscribe or to log in for the rest; only looked at when little text was found."""
    source: str
    """See ExtractedArticle.text_source."""


def find_main_text(tree: HtmlElement, bodies: tuple[str, ...], url: str) -> MainText:
    """The main text of `tree`, from which boxes were removed; `bodies` are JSON-LD's. `tree` is left as it is."""
    running = running_paragraphs(tree)
    lines = _plain_story(running, url) or _extracted(tree, running.paragraphs, url)
    lines = with_openings(tree, running.home, _whole(lines, running))
    length = sum(map(len, lines))
    source = "page"
    if bodies:
        on_page, lines = lines, _with_body(lines, max(bodies, key=len))
        source = "page" if set(lines) <= set(on_page) else "json-ld"
    runs, little = bool(running.paragraphs), length < _LITTLE
    body = tree.find(".//body")
    shown = "" if runs and not little else (tree if body is None else body).text_content()
    return MainText(
        lines=tuple(lines),
        visible=len(fold(shown)) if little else 0,
        linked=0.0 if runs or any(len(line) >= _LONG for line in lines) else linked(tree) / max(1, len(shown)),
        paywalled=little and _PAYWALL.search(shown) is not None,
        source=source,
    )


def _whole(lines: list[str], running: Running) -> list[str]:
    """`lines`, or what the home says, when they lack most of its running paragraphs and hold little else."""
    text = "".join(map(fold, lines))
    paragraphs = [fold(paragraph) for paragraph in running.paragraphs]
    known = sum(len(paragraph) for paragraph in paragraphs if paragraph in text)
    lacking = known < _LEAST_OF_HOME * sum(map(len, paragraphs))
    if running.home is None or len(paragraphs) < _LEAST_PARAGRAPHS or not lacking or known < _OF_HOME * len(text):
        return lines
    return [block.text for block in blocks(running.home) if is_text(block)]


def _plain_story(running: Running, url: str) -> list[str]:
    """The lines that trafilatura finds in the home of a plain page; none when the page is not plain or it lost many."""
    if not is_plain(running):
        return []
    text = _trafilatura(alone(running.home), url, fast=True)
    if _agreement(text, running.paragraphs) < _READ:
        return []
    lines = with_lost_paragraphs(running.home, [line for line in text.split("\n") if line.strip()])
    return lines if _agreement("\n".join(lines), running.paragraphs) >= _AGREEMENT else []


def _extracted(tree: HtmlElement, paragraphs: Sequence[str], url: str) -> list[str]:
    """The lines that trafilatura finds, checked against the running `paragraphs`, and those that it lost."""
    text = _trafilatura(tree, url, fast=True)
    agreed = _agreement(text, paragraphs)
    if agreed < _AGREEMENT:
        other = _trafilatura(tree, url)
        if _agreement(other, paragraphs) >= agreed:
            text = other
    if "\n" not in text and _holds_more(text, paragraphs):
        text = "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    return with_lost_paragraphs(tree, [line for line in text.split("\n") if line.strip()])


def _trafilatura(tree: HtmlElement, url: str, **options: bool) -> str:
    wanted: dict[str, Any] = {"url": url, "include_comments": False, **options}
    document = bare_extraction(tree, **wanted)
    return clean_text(document.text or "") if isinstance(document, Document) else ""


def _agreement(text: str, paragraphs: Sequence[str]) -> float:
    """F1, by characters, of `text` against the running paragraphs; 0 when there are none."""
    folded = "".join(map(fold, text.split("\n")))
    folded_paragraphs = [fold(paragraph) for paragraph in paragraphs]
    whole = sum(map(len, folded_paragraphs))
    common = sum(len(paragraph) for paragraph in folded_paragraphs if paragraph[:200] in folded)
    return 2 * min(common, len(folded)) / (len(folded) + whole) if whole else 0.0


def _holds_more(text: str, paragraphs: Sequence[str]) -> bool:
    """Whether `text` is the whole page in one line, the last resort of trafilatura, and not just its paragraphs."""
    letters = sum(len(fold(paragraph)) for paragraph in paragraphs)
    return 0 < letters < _PAGE_IN_A_LINE * len(fold(text))


def _with_body(lines: list[str], body: str) -> list[str]:
    """`lines` as JSON-LD's body confirms them: without those it lacks, or the body itself where it has much more."""
    plain = _plain(body)
    known = fold(plain)
    found = sum(len(folded) for line in lines if (folded := fold(line)) in known)
    if len(known) > 1.5 * found and len(known) > 1.2 * len("".join(map(fold, lines))) and _says_more(known, lines):
        return _once(line for line in plain.split("\n") if line.strip())
    long_lines = [fold(line) for line in lines if len(line) >= _LONG]
    confirmed, whole = sum(len(line) for line in long_lines if line in known), sum(map(len, long_lines))
    covered = found >= _BODY_WHOLE * len(known) and confirmed >= _BODY_MOST * whole
    if long_lines and (confirmed >= _BODY_WHOLE * whole or covered):
        return _confirmed(lines, [fold(line) in known for line in lines])
    return lines


def _says_more(body: str, lines: Sequence[str]) -> bool:
    """Whether the folded `body` holds much beside the `lines`: it may hold them twice."""
    beside = body
    for line in lines:
        if len(folded := fold(line)) >= _KNOWN:
            beside = beside.replace(folded, "")
    return len(beside) > _MUCH_MORE * len(body)


def _once(lines: Iterable[str]) -> list[str]:
    """`lines` without the long ones that came before."""
    seen: set[str] = set()
    kept = []
    for line in lines:
        if len(line) < _LONG or line not in seen:
            kept.append(line)
        seen.add(line)
    return kept


def _confirmed(lines: list[str], known: list[bool]) -> list[str]:
    """The known lines, and between them single short ones: bodies in JSON-LD lack the subheadings."""
    kept = []
    for n, line in enumerate(lines):
        alone = 0 < n < len(lines) - 1 and known[n - 1] and known[n + 1]
        if known[n] or (alone and len(line) < _LONG):
            kept.append(line)
    return kept


def _plain(body: str) -> str:
    """Text of a body that may carry markup, entities and paragraphs glued together."""
    text = html.unescape(body)
    if "<" in text:
        text = _TAG.sub(" ", _BREAK.sub("\n", text))
    lines = (" ".join(line.split()) for line in text.replace("\r", "\n").split("\n"))
    return clean_text("\n".join(line for line in lines if line))
