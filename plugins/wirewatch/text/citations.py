"""Where a text cites an outlet or a news agency without copying it. Pure but for its own data file.

`told Reuters` is a statement, `a memo seen by the AP` a document, `the Global Times reported` and
`据新华社报道` a report.

What is not a citation: a credit (`(Reuters) -`, `By Jane Doe, AP`), a photo's credit, a contribution (`The Associated
Press contributed to this report`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wirewatch.text.agencies import WIRES

_FILE = Path(__file__).with_name("cited.tsv")


@dataclass(frozen=True, slots=True)
class Citation:
    """That somebody is cited."""

    cited: str
    """The outlet or agency, as `agencies` and the file name it."""
    kind: str
    """report, statement or document."""
    start: int
    """First character of the citing words."""
    end: int
    """Character after the last."""


def citations_in(text: str) -> list[Citation]:
    """The citations in `text`, in order, without overlaps."""
    patterns, names = _patterns()
    found: list[Citation] = []
    free = 0
    matches = [(match, kind) for kind, pattern in patterns for match in pattern.finditer(text)]
    for match, kind in sorted(matches, key=lambda found: (found[0].start(), -found[0].end())):
        if match.start() >= free and not _contributes(text, match.end()):
            found.append(Citation(names[match["name"]], kind, match.start(), match.end()))
            free = match.end()
    return found


def _contributes(text: str, end: int) -> bool:
    return text[end : end + 14].lstrip().startswith("contributed")


_CITING = (
    ("statement", r"(?i:\b(?:told|tells|telling|said to|spoke to|speaking to|speaks to)) WHO"),
    ("statement", r"(?i:\b(?:interview with|interviewed by|asked by|contacted by|comment from)) WHO"),
    ("statement", r"(?i:\b(?:dijo|dijeron|declaró|explicó|contó|aseguró|afirmó|entrevista)) (?:a |al |con )?WHO"),
    ("document", r"(?i:\b(?:seen|reviewed|obtained|viewed|examined|verified) by) WHO"),
    ("document", r"(?i:\b(?:vist|obtenid|consultad|revisad)[oa]s? por) WHO"),
    ("report", r"(?i:\b(?:according to|reports? (?:by|in)|reported by|quoted by|cited by|citing|quoting|per)) WHO"),
    (
        "report",
        r"WHO(?:'s|’s)? ?(?:news agency|agency|newspaper|website|daily|magazine)?,? (?:first |also |earlier )?"
        r"(?:reported|reports|has reported|had reported|quoted|cited|revealed)\b",
    ),
    ("report", r"WHO,? (?:said|says)\b(?! (?:it|its|he|she|they)\b)"),
    ("report", r"(?i:\b(?:(?<!is )published by|(?:editorial|commentary|article|writing|report|op-ed),? in)) WHO"),
    ("report", r"(?i:\ban? )WHO (?:investigation|analysis|count|tally|review|survey)\b"),
    (
        "report",
        r"(?i:\b(?:según|informó|informa|citando a|citado por|publicó|recogió|reportó|de acuerdo con)) "
        r"(?:la agencia |el diario )?WHO",
    ),
    ("report", r"(?i:\b(?:selon|d['’]après|rapporte|a rapporté)) (?:l['’]agence |le journal )?WHO"),
    (
        "statement",
        r"(?i:\b(?:a déclaré|a dit|a affirmé|a confié|entretien)) (?:à l['’]|à la |à |au journal |au |avec )WHO",
    ),
    ("statement", r"(?:告诉|告訴|对|對|向|接受)了?HAN(?:记者|記者)?(?:表示|说|說|称|稱|采访|採訪|透露|证实|證實)?"),
    ("document", r"HAN(?:看到|获得|獲得|取得|查阅)的?"),
    (
        "report",
        r"(?:据|據|根据|根據|引述|援引|综合|綜合)[^，。；、\s]{0,6}?HAN[^，。；\s]{0,10}?"
        r"(?:报道|報導|報道|消息|称|稱|指出|披露)",
    ),
    ("report", r"HAN[^，。；\s]{0,6}?(?:报道|報導|報道)(?:称|稱|指)?"),
    ("report", r"(?:援引|引述|转引|轉引)HAN"),
    ("report", r"HAN(?:援引|引述)[^，。；]{1,16}?(?:报道|報導|消息)"),
)
"""Kind and pattern of citing words; WHO is a publisher in Latin letters, HAN one in Chinese characters."""


@cache
def _patterns() -> tuple[tuple[tuple[str, re.Pattern[str]], ...], dict[str, str]]:
    names: dict[str, str] = {}
    han: list[str] = []
    for name, latin_forms, han_forms in _publishers():
        names |= dict.fromkeys((*latin_forms, *han_forms), name)
        han.extend(han_forms)
    latin = _any_of(form for form in names if form not in set(han))
    he_latin = _any_of(form for form in names if form.isascii() and form.isupper())
    state = "state (?:media|broadcaster|news agency) "
    who = rf"(?:the |The |la |el |le |a la |al |{state}|[Cc]hinese state media )?(?P<name>{latin})\b"
    he = rf"[《「“]?(?P<name>{_any_of(han)}|{he_latin})[》」”]?"
    made: list[tuple[str, re.Pattern[str]]] = []
    for kind, pattern in _CITING:
        made.append((kind, re.compile(pattern.replace("WHO", who).replace("HAN", he))))
    return tuple(made), names


def _publishers() -> Iterable[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    for wire in WIRES:
        yield wire.name, tuple(form for form in wire.latin if form not in {"AA", "MNA"}), wire.han
    for line in _FILE.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            name, latin, han = line.split("\t")
            yield name, tuple(latin.split("|")), tuple(form for form in han.split("|") if form)


def _any_of(forms: Iterable[str]) -> str:
    return "|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form)))
