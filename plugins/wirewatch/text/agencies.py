"""Which news agency an article credits, and its dateline as printed.

A credit is read where agencies and their customers put it, in this order: the bracket of the dateline
(`BEIJING, June 3 (Xinhua) --`, `MOSCOW, May 26. /TASS/.`, `新华社北京6月3日电`), the byline, the lines that close the
text (`Source: Xinhua`, `© 2026 The Associated Press`).

Not a credit: a photo's credit (`(Jane Doe/AFP via Getty Images)`), a quotation of an agency (`told Reuters`,
`据新华社报道`), a contribution (`The Associated Press contributed to this report`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_OPENING_PARAGRAPHS = 6
"""Datelines are in the first lines; captions, bylines and a repeated headline may come before."""

_CLOSING_PARAGRAPHS = 5
_SEEN = 600
"""Characters of a paragraph that are looked at: a dateline begins it, a credit ends it."""

_CREDIT_LENGTH = 160
"""Characters of the longest line that is still a byline or a credit, and no sentence of the text."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A news agency: the name that `wire_credit` answers with, and how others write it."""

    name: str
    latin: tuple[str, ...]
    """In Latin letters: abbreviations and full names, as in brackets and bylines."""
    han: tuple[str, ...] = ()
    """In Chinese characters, simplified and traditional."""
    hosts: tuple[str, ...] = ()
    """Domains of its own site."""
    ambiguous: frozenset[str] = frozenset()
    """Latin forms that also name somebody else: accepted in a dateline only."""


WIRES: tuple[Wire, ...] = (
    Wire("AP", ("AP", "Associated Press", "The Associated Press"), ("美联社", "美聯社"), ("apnews.com", "ap.org")),
    Wire("Reuters", ("Reuters", "Thomson Reuters"), ("路透社", "路透"), ("reuters.com",)),
    Wire(
        "AFP",
        ("AFP", "Agence France-Presse", "Agence France Presse"),
        ("法新社",),
        ("afp.com",),
    ),
    Wire("Kyodo", ("Kyodo", "Kyodo News"), ("共同社",), ("kyodonews.net", "english.kyodonews.net")),
    Wire("Jiji", ("Jiji", "Jiji Press"), ("时事社", "時事社"), ("jiji.com", "jen.jiji.com")),
    Wire("Yonhap", ("Yonhap", "Yonhap News Agency", "Yonhap News"), ("韩联社", "韓聯社"), ("yna.co.kr",)),
    Wire("Xinhua", ("Xinhua", "Xinhua News Agency"), ("新华社", "新華社", "新华网"), ("xinhuanet.com", "news.cn")),
    Wire(
        "CNS",
        ("China News Service", "ECNS", "CNS"),
        ("中新社", "中新网", "中国新闻社"),
        ("chinanews.com", "chinanews.com.cn", "ecns.cn"),
        ambiguous=frozenset({"CNS"}),
    ),
    Wire(
        "CNA",
        ("CNA", "Central News Agency"),
        ("中央社", "中央通訊社"),
        ("cna.com.tw", "focustaiwan.tw"),
        ambiguous=frozenset({"CNA"}),
    ),
    Wire("EFE", ("EFE", "Agencia EFE", "Efe"), ("埃菲社",), ("efe.com",)),
    Wire("Europa Press", ("Europa Press",), (), ("europapress.es",)),
    Wire("ANSA", ("ANSA",), ("安莎社",), ("ansa.it",)),
    Wire("dpa", ("dpa", "DPA", "Deutsche Presse-Agentur"), ("德新社",), ("dpa.com", "dpa-international.com")),
    Wire("TASS", ("TASS",), ("塔斯社",), ("tass.com", "tass.ru")),
    Wire("RIA Novosti", ("RIA Novosti",), ("俄新社",), ("ria.ru",)),
    Wire("Interfax", ("Interfax",), ("国际文传",), ("interfax.com", "interfax.ru")),
    Wire("UPI", ("UPI", "United Press International"), ("合众国际社",), ("upi.com",)),
    Wire(
        "Bloomberg",
        ("Bloomberg", "Bloomberg News"),
        ("彭博社",),
        ("bloomberg.com",),
        ambiguous=frozenset({"Bloomberg"}),
    ),
    Wire("PTI", ("PTI", "Press Trust of India"), (), ("ptinews.com",)),
    Wire("ANI", ("ANI", "Asian News International"), (), ("aninews.in",)),
    Wire("IANS", ("IANS",), (), ("ians.in",)),
    Wire(
        "Anadolu",
        ("Anadolu Agency", "Anadolu Ajansı", "Anadolu", "AA"),
        (),
        ("aa.com.tr",),
        ambiguous=frozenset({"AA"}),
    ),
    Wire("IRNA", ("IRNA",), ("伊通社",), ("irna.ir", "en.irna.ir")),
    Wire("Tasnim", ("Tasnim",), (), ("tasnimnews.com", "tasnimnews.ir")),
    Wire("Mehr", ("Mehr News Agency", "MNA"), (), ("mehrnews.com",), ambiguous=frozenset({"MNA"})),
    Wire("Bernama", ("Bernama",), ("马新社",), ("bernama.com",)),
    Wire("Antara", ("Antara", "ANTARA"), (), ("antaranews.com",), ambiguous=frozenset({"Antara"})),
    Wire("PNA", ("PNA", "Philippine News Agency"), (), ("pna.gov.ph",), ambiguous=frozenset({"PNA"})),
    Wire("AAP", ("AAP", "Australian Associated Press"), (), ("aap.com.au",)),
    Wire("PA", ("PA Media", "Press Association"), (), ("pamediagroup.com",)),
)

_BY_LATIN = {form: wire.name for wire in WIRES for form in wire.latin}
_BY_HAN = {form: wire.name for wire in WIRES for form in wire.han}
_BY_HOST = {host: wire.name for wire in WIRES for host in wire.hosts}
_CERTAIN = {form: name for form, name in _BY_LATIN.items() if not any(form in wire.ambiguous for wire in WIRES)}


def _any_of(forms: Iterable[str]) -> str:
    return "|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form)))


_LATIN, _HAN, _NAMED = _any_of(_BY_LATIN), _any_of(_BY_HAN), _any_of(_CERTAIN)
_UPPER = {form.upper(): name for form, name in _BY_LATIN.items()}

_DATELINE = re.compile(
    rf"^(?P<place>(?:\d{{1,2}} )?[^\W\d_][^()—|]{{0,70}}?[\w.\]])?[\s,–-]*"
    rf"[(/\[](?P<wire>{_LATIN}|{_LATIN.upper()})(?:/[A-Za-z]{{2,10}})?[)/\]]\s*(?:[-–—:.]|--|\s|$)",
)
"""`PLACE, Month 3 (WIRE) -`: the bracket holds the agency's name and nothing else, so a photo's credit does not fit."""

_BARE_DATELINE = re.compile(
    r"^(?P<place>(?:[A-Z][A-Z.'’]+(?:[ /-][A-Z][A-Z.'’]*)*)(?:, (?:[A-Z][\w.]*)(?: [A-Z][\w.]*)*)?"
    r"(?:, \w{3,9}\.? \d{1,2}(?:, \d{4})?)?)\s*(?:—|–|--?)\s"
)
"""`PLACE — ` without an agency: the place is in capitals."""

_UNKNOWN_AGENCY = re.compile(
    r"^(?P<place>[A-Z][A-Z.'’/ -]+(?:, [A-Z][\w. ]+?)?(?:, \w{3,9}\.? \d{1,2})?) "
    r"\((?P<wire>[A-Z][\w&.-]*(?: [A-Z][\w&.-]*){0,3})\)\s*(?:—|–|--?)\s"
)
"""The dateline of an agency that is not among WIRES: its name is taken as printed."""

_HAN_DATELINE = re.compile(
    rf"^[\s(（【\[]*据?(?P<wire>{_HAN})(?:(?:记者|記者)(?:[^\W\d]{{3}}(?=[^\W\d]{{2}})|[^\W\d]{{2,3}}\s)?\s*)?"
    r"(?P<place>[^，。,；）)】]{0,28}?\d{1,2}\s*日)(?:[^，。；）)】]{0,14}?)(?:[\u7535\u96fb\u8baf\u8a0a\u6d88]|报道|報導|報道|\s*[-–—])"
)
"""`新华社北京6月3日电`, `（中央社記者王小明台北3日綜合外電報導）`.

It ends in one of the characters for cable, message or news. `据美联社华盛顿3月3日报道` opens a translated report.
A reporter's name is taken to have three characters when nothing parts it from the place.
"""

_HAN_BRACKET = re.compile(rf"^[(（【\[](?P<wire>{_HAN})(?P<place>[^，。；]{{0,40}}?)[)）】\]]")
"""`（路透倫敦訊）`, `【法新社】`."""

_HAN_AFTER_PLACE = re.compile(
    rf"^(?P<place>[^，。；（(]{{2,20}}\d{{1,2}}\s*日)[\u7535\u96fb\u8baf\u8a0a][（(](?P<wire>{_HAN})(?:(?:记者|記者)[^）)]*)?[）)]"
)
_HAN_AFTER_CITY = re.compile(rf"^(?P<place>[^，。；（(]{{2,10}})[（(](?P<wire>{_HAN})[）)]\s*[—–-]")
"""`北京6月3日电（新华社记者王明）`, `华盛顿（美联社）—`; the first has a character for cable or message."""

_HAN_SOURCE = re.compile(rf"(?:来源|來源|稿源|消息来源|文章来源)\s*[:：]\s*(?P<wire>{_HAN})")
_HAN_BYLINE = re.compile(rf"^(?P<wire>{_HAN})(?:记者|記者)")

_SOURCE = re.compile(rf"^(?:source|fuente|from|por|by)\s*[:|]?\s*(?P<wire>{_NAMED})\s*[.|]?$", re.IGNORECASE)
_COPYRIGHT = re.compile(rf"(?:©|\(c\)|copyright)\s*(?:\d{{4}}\s*)?(?:by\s+)?(?P<wire>{_NAMED})\b", re.IGNORECASE)
_WRITER = r"(?:[^.:;]|(?<=\b\w)\.){2,80}?"
"""Names, perhaps with initials."""

_BY_WRITER = re.compile(
    rf"^(?:by|por)\s+{_WRITER}(?:,|\||/| -| –| —|\s)\s*(?P<wire>{_NAMED})"
    r"(?:\s+(?:\w+\s+){0,2}(?:writer|correspondent|reporter))?$",
    re.IGNORECASE,
)
_WRITER_OF = re.compile(rf"^[A-ZÀ-Þ]{_WRITER},\s*(?P<wire>{_NAMED})$")
"""`Jane Doe, Associated Press`."""

_HEADED = re.compile(
    rf"^(?P<wire>{_NAMED}|{_NAMED.upper()})(?:, [A-Z][A-Z .,'’-]+$|\s+[-–|]\s+\w{{3,9}}\.? \d{{1,2}}, \d{{4}})"
)
"""`AFP, BEIJING`, `KYODO NEWS - Jun 3, 2024 - 10:00`."""
_SIGNED = re.compile(rf"^[(\[–—-]+\s*(?P<wire>{_NAMED})[)\]]?\.?$")
_REUTERS_CREW = re.compile(
    r"(?:^|\()\s*(?:(?:additional )?(?:reporting|writing) by [^.]{3,240}[;.,] ?editing by "
    r"|(?:reporte|escrito) (?:de|por) [^.]{3,240}[;.,] ?edi\w+ (?:en español )?por )",
    re.IGNORECASE,
)
"""`(Reporting by …; Editing by …)`, `(Reporte de …; editado en español por …)` closes Reuters' texts."""

_AUTHOR = re.compile(rf"(?:^|[\s,|/(（])(?P<wire>{_NAMED}|{_HAN})(?=$|[\s,|/)）.]|记者|記者)", re.IGNORECASE)
_NO_PLACE = frozenset({"FILE", "PHOTO", "VIDEO", "UPDATE"})
_MONTHS = frozenset(
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
        "sept",
        "june",
        "july",
    ]
)
_PHOTO = re.compile(r"photo|getty|image|pool|handout|图|攝|摄", re.IGNORECASE)


def wire_credit(title: str, text: str, authors: Sequence[str] = ()) -> tuple[str | None, str | None]:
    """The agency that the article credits and its dateline as printed; None for what is not there.

    >>> wire_credit("Ministers meet", "BEIJING, June 3 (Xinhua) -- Ministers of both states met here.")
    ('Xinhua', 'BEIJING, June 3')
    """
    paragraphs = [line.strip() for line in text.split("\n") if line.strip()]
    opening = [line[:_SEEN] for line in paragraphs[:_OPENING_PARAGRAPHS] if line != title.strip()]
    dateline: str | None = None
    for line in opening:
        wire, place = _dateline(line)
        dateline = dateline or place
        if wire:
            return wire, dateline
    return _byline(authors, opening) or _closing(
        [line[-_SEEN:] for line in paragraphs[-_CLOSING_PARAGRAPHS:]]
    ), dateline


def agency_of(outlet: str) -> str | None:
    """The agency that `outlet` (name, key or host) is itself; None for everybody else.

    >>> agency_of("reuters.com"), agency_of("The Associated Press"), agency_of("Daily Planet")
    ('Reuters', 'AP', None)
    """
    name = outlet.strip()
    host = name.lower().removeprefix("www.")
    while "." in host:
        if host in _BY_HOST:
            return _BY_HOST[host]
        host = host.partition(".")[2]
    return _UPPER.get(name.replace("_", " ").upper()) or _BY_HAN.get(name)


def _dateline(line: str) -> tuple[str | None, str | None]:
    for pattern in (_HAN_DATELINE, _HAN_BRACKET, _HAN_AFTER_PLACE, _HAN_AFTER_CITY):
        if match := pattern.match(line):
            return _BY_HAN[match["wire"]], match["place"].strip(" 　:：") or None
    if match := _DATELINE.match(line):
        place = re.sub(r"(?<=\d)\.$", "", (match["place"] or "").strip(" ,")) or None
        if place is None or _looks_like_place(place):
            return _UPPER[match["wire"].upper()], place
    match = _UNKNOWN_AGENCY.match(line)
    if match and not _NO_PLACE.intersection(re.findall(r"\w+", match["place"])) and not _PHOTO.search(match["wire"]):
        return match["wire"], match["place"]
    match = _BARE_DATELINE.match(line)
    if match and match["place"] not in _UPPER:
        return None, match["place"]
    return None, None


def _looks_like_place(text: str) -> bool:
    """Places and dates are capitalised or numbers; the words of a sentence that ends in a bracket are not."""
    words = re.findall(r"[^\W\d_]+", text)
    small = [word for word in words if word.islower() and len(word) > 3]
    months = [word for word in small if word in _MONTHS]
    return len(words) <= 12 and len(small) == len(months) and not _NO_PLACE.intersection(words)


def _byline(authors: Sequence[str], opening: Sequence[str]) -> str | None:
    for author in authors:
        if len(author) <= _CREDIT_LENGTH and not _PHOTO.search(author) and (match := _AUTHOR.search(author)):
            return _canonical(match["wire"])
    for line in opening:
        if len(line) > _CREDIT_LENGTH or _PHOTO.search(line):
            continue
        if (
            match := _BY_WRITER.match(line)
            or _WRITER_OF.match(line)
            or _HEADED.match(line)
            or _SOURCE.match(line)
            or _HAN_SOURCE.search(line)
            or _HAN_BYLINE.match(line)
        ):
            return _canonical(match["wire"])
        if line in _CERTAIN or line in _BY_HAN:
            return _canonical(line)
    return None


def _closing(lines: Sequence[str]) -> str | None:
    for line in reversed(lines):
        if _REUTERS_CREW.search(line):
            return "Reuters"
        if len(line) > _CREDIT_LENGTH or _PHOTO.search(line):
            continue
        if match := _SIGNED.match(line) or _SOURCE.match(line) or _COPYRIGHT.search(line) or _HAN_SOURCE.search(line):
            return _canonical(match["wire"])
    return None


def _canonical(form: str) -> str:
    return _BY_HAN.get(form) or _UPPER[form.upper()]
