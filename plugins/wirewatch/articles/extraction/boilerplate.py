"""Lines of a text that are not its story (pure): the repeated headline, photo credits, calls to read on, to subscribe
or to comment, and lines that the host repeats on many of its pages.

Rules: a line is boilerplate when the whole of it looks like it, never because it contains a word; a long line only
goes when the host repeats it; and when less than half of the text would be left, nothing goes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from wirewatch.text.language import written_length

_MAX_LINE = 400
_MAX_READ_ON = 200
_OPENING = 8
"""Lines at the top of a text among which the headline may be repeated and photos be described."""
_CLOSING = 3
"""Lines at the end of a text among which bylines stand."""
_LEAST_KEPT = 0.5
"""Share of the text that must be left; else nothing is removed."""
_TITLE_WITH_MORE = 1.6
"""Times its length that a headline may have as a line, with its kicker or the site's name."""


def _any_of(*phrases: str) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(phrases) + ")", re.IGNORECASE)


_READ_ON = _any_of(
    r"read (?:more|also|next|on)|also read|more on this|more from|see also|don't miss",
    r"watch(?: also| now)?",
    r"related(?: (?:stories|articles|news|topics|content|coverage|reading))?",
    r"recommended(?: (?:videos?|stories|articles))?",
    r"you (?:may|might) (?:also )?like|editor'?s'? picks?|trending(?: now)?|top stories|latest news|on this topic",
    r"lesen sie (?:auch|mehr|dazu)|auch interessant|mehr (?:zum thema|dazu|lesen)|zum thema|ähnliche artikel",
    r"empfohlener redaktioneller inhalt|das könnte sie (?:auch )?interessieren",
    r"(?:à )?lire aussi|(?:à )?voir aussi|sur le même sujet|le[ae] también|te puede interesar",
    r"noticias? relacionadas?",
    r"leggi anche|leia (?:também|mais)|veja também|lees ook|læs også|les også|läs (?:också|mer|även)|lue myös",
    r"czytaj (?:też|także|również|więcej)|zobacz (?:też|także)|čtěte (?:také|též)|přečtěte si|olvassa el|citește și",
    r"читайте (?:также|ещё|також)|также по теме|смотрите также|ayrıca okuyun|ilgili haberler?|baca juga",
    r"đọc thêm|xem thêm",
    r"相关(?:阅读|新闻|报道|文章|链接)|相關(?:新聞|報導)|延伸(?:阅读|閱讀)|更多(?:新闻|新聞|报道|報導)|推荐阅读",
    r"関連(?:記事|ニュース)|あわせて読みたい|관련(?:기사|뉴스)|اقرأ (?:أيضا|أيضًا|المزيد)|إقرأ أيضا",
)
_AFTER_READ_ON = re.compile(r"\s*(?:$|[:：»>|–—\-…]|\.{3})")

_CALL = _any_of(
    # subscribing, following, logging in
    r"(?:please )?(?:sign up|subscribe|register)(?: now| here| today)? (?:to|for|here|now)\b.*|(?:log|sign) in[.!]?",
    r"(?:follow|like|find|join) (?:us|.{2,40}) on (?:facebook|twitter|x|instagram|telegram|whatsapp|youtube)\b.*",
    r"click here (?:to|for)\b.*|download (?:the|our) .{2,40} app\b.*",
    r"get (?:the|our|all the) .{3,80}(?:inbox|newsletter).*",
    r"(?:for the )?latest .{3,90} sign up.*|(?:subscribe|sign up)[.!]?",
    r"notify me of .{3,40} by email.*",
    r"(?:jetzt )?newsletter (?:abonnieren|bestellen).*|inscrivez-vous .{0,60}newsletter.*",
    r"iscriviti alla newsletter.*",
    r"(?:suscríbete|regístrate|inicia sesión)\b.{0,160}|(?:receba|inscreva-se) .{0,80}newsletter.*",
    r"assine (?:a|nossa) .{0,60}",
    r"подпи(?:шитесь|сывайтесь) на .{0,100}|следите за .{0,60}(?:telegram|телеграм).*",
    r"підпи(?:шіться|суйтесь) на .{0,100}",
    r"(?:扫码|扫描二维码|關注|关注).{0,40}",
    r"(?:有料)?会員(?:限定|登録).{0,80}|.{0,40}この記事は会員限定です.*",
    r"la suite est réservée aux abonnés.*",
    # comments and feedback
    r"leave a (?:reply|comment).*|your email address will not be published.*|required fields are marked.*",
    r"cancel reply",
    r"save my name, email.*|post (?:a )?comment.*|(?:view|show|load|add|\d+) (?:all )?comments?.*",
    r"be the first to comment.*",
    r"comments? (?:are|have been) (?:closed|disabled).*|(?:would|do) you (?:like|want) to comment.*",
    r"fehler gefunden\?.*",
    r"kommentar (?:abgeben|schreiben).*|.{0,40}einen kommentar abzugeben.*|hat ihnen dieser artikel gefallen.*",
    r"ihre meinung ist uns wichtig.*|have a (?:story|news) tip\?.*",
    r"(?:contact|email|e-mail|write to)(?: us| the (?:author|reporter))?(?: at)? ?:? ?\S+@\S+.*",
    # advertising and consent
    r"advertisement(?: \d.*)?|sponsored(?: content)?|publicidade?|pubblicità|annonse|reklam[ea]?|mainos|werbung",
    r"anzeige",
    r"we (?:independently )?(?:select|review)\b.*|we use cookies\b.*|.{0,160}\baffiliate (?:commission|links?)\b.*",
    r"an dieser stelle finden sie .{0,120}\binhalt\b.*",
    r"ich bin damit einverstanden, dass mir (?:der )?externe inhalte?.*",
    # rights and production
    r".{0,80}\ball rights reserved\b.*|this material may not be published, broadcast, rewritten.*|©.{0,120}",
    r"copyright\s*(?:©|@|\(c\)|\d{4}).*|riproduzione riservata.*|все права защищены.*|版权所有.*|無断転載.*",
    r".{0,20}무단 ?전재.{0,40}",
    r"\(?quellen?: .{1,60}|(?:责任编辑|責任編輯|编辑|編輯|责编|纠错|來源|来源|作者)\s*[:：]?.{0,30}|【纠错】.*",
    r"kilde:.{0,40}",
    # the page's own controls
    r"story continues below.*|article continues below.*|scroll to continue.*|loading\.{3}.*",
    r"skip to .{3,30}",
    r"share (?:this|on|via)\b.{0,40}|print this.{0,20}|copy link|link copied.*",
    r"comparte(?: en)?\b.{0,40}",
    r"reading time:? .{1,20}|\d+ min(?:ute)?s?(?: read)?|lesedauer:? .{1,20}|temps de lecture.*|stand: \d.{0,30}",
    r"artikel anhören.*|etiketler\b.{0,160}",
)
_DISCLAIMER = _any_of(
    r"(?:特别|特別|免责|免責|版权|版權)[声聲]明\s*[:：].*",
    r"(?:notice|disclaimer|haftungsausschluss|aviso legal)\s*[:：].{0,300}"
    r"\b(?:platform|user|liab|endorse|storage|views|haftung|responsab).*",
)
"""What a platform says about the texts of others: certain enough to go however little is left."""
_PHOTO = _any_of(
    r"\(?(?:file )?(?:photo|photograph|image|picture|photo credit|credit|foto|bild|图|图片|資料圖|资料图|写真|фото)s?"
    r"(?: (?:by|credit|courtesy|via))?\s*[:：/|©]\s*.{2,160}",
    r"\(?(?:ap )?photo (?:by|courtesy).{2,120}|\(ap photo/.{2,80}",
)
_AGENCY = (
    r"(?:AP|AFP|Reuters|EPA|EFE|dpa|Xinhua|Getty(?: Images)?|Shutterstock|Bloomberg|ANSA|TASS|Kyodo|Yonhap|Anadolu|PA"
    r"|Alamy|iStock)"
)
_PHOTO_AT_END = re.compile(
    r"(?:^|[.!?…:;)”\"]\s+|\s\|\s)\(?"
    r"(?:(?:File |AP |Handout )?(?:Photo|Foto|Image|Picture|Bild|Credit)s?\b[^.!?]{3,80}"
    rf"|[^.!?]{{2,60}}(?:/|\bvia |© ?){_AGENCY}(?:/[^.!?]{{2,40}})?)\)?\.?$"
)
"""A description of a photo ends with its credit, after its last sentence."""


_WHEN = re.compile(
    r"\d+|(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]*\.?"
    r"|(?:mon|tue|wed|thu|fri|sat|sun|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)[a-z]*"
    r"|\b(?:published|updated|posted|last|on|at|am|pm|uhr|stand|aktualisiert|veröffentlicht|publicad[oa]|actualizad[oa]"
    r"|publié|mis à jour|le|à|pubblicato|aggiornato|uppdaterad|publicerad|opublikowano|gmt|utc|est|edt|ist)\b"
    r"|[年月日時时分]",
    re.IGNORECASE,
)
_DATED = re.compile(r"\b(?:19|20)\d\d|\d[:.]\d\d|[年月]")
_MAX_BYLINE = 90
_LEAST_OF_HEADLINE = 15
_SENTENCE_END = re.compile(r"[a-z]{3}[.!?](?:\s|$)|[。！？]")
_NO_WORDS = 12
"""Letters that a byline may have beside names and dates: `by`, `von`, a place."""


_ASCII_MARKS = bytes(code for code in range(128) if not chr(code).isalnum())
_MARKS = re.compile(r"\W+")
_REMEMBERED = 2000
"""Characters up to which folded texts are remembered."""


def fold(text: str) -> str:
    """Letters and digits only, case folded: two writings of one line are equal."""
    return _folded(text) if len(text) <= _REMEMBERED else _folded.__wrapped__(text)


@lru_cache(maxsize=2048)
def _folded(text: str) -> str:
    """Cached, for a page's lines are compared at every step."""
    # As a filter by str.isalnum would, at a third of its time: most of what goes is ASCII.
    letters = text.casefold().encode("utf-8", "surrogatepass").translate(None, _ASCII_MARKS)
    folded = letters.decode("utf-8", "surrogatepass")
    return folded if folded.isalnum() else _MARKS.sub("", folded)


def line_hash(line: str) -> int:
    """The form in which lines that a host repeats are remembered: a signed 64-bit number of what `fold` leaves."""
    return int.from_bytes(hashlib.blake2b(fold(line).encode(), digest_size=8).digest(), "big", signed=True)


def is_boilerplate(line: str) -> bool:
    """Whether the whole of `line` looks like something that stands around stories."""
    text = line.strip().lstrip("-•*> ").strip()
    if not text:
        return True
    if len(text) > _MAX_LINE:
        return False
    read_on = _READ_ON.match(text)
    if read_on and len(text) <= _MAX_READ_ON and _AFTER_READ_ON.match(text, read_on.end()):
        return True
    return _CALL.fullmatch(text) is not None or _PHOTO.fullmatch(text) is not None


def story_lines(
    lines: Sequence[str],
    titles: Iterable[str],
    authors: Iterable[str] = (),
    repeated: Collection[int] = frozenset(),
) -> list[str]:
    """`lines` without those that are not the story.

    `titles` are the page's own headlines, `authors` its bylines. `repeated` are `line_hash`es of lines that stand on
    many pages of the host.
    """
    titles = [title for title in titles if fold(title)]
    headlines = [fold(title) for title in titles]
    text = [
        (n, line)
        for n, line in enumerate(lines)
        if not (n < _OPENING and (_repeats(line, headlines) or _is_headline_with_date(line, titles)))
        and not _DISCLAIMER.fullmatch(line.strip())
    ]
    names = [author for author in authors if len(fold(author)) >= 4]
    story = [
        line
        for n, line in text
        if not is_boilerplate(line)
        and not ((n < _OPENING or n >= len(lines) - _CLOSING) and _is_byline(line, names))
        and not (n < _OPENING and len(line) <= _MAX_LINE and _PHOTO_AT_END.search(line.strip()))
        and not (repeated and line_hash(line) in repeated)
    ]
    if sum(map(written_length, story)) < _LEAST_KEPT * sum(written_length(line) for _, line in text):
        story = [line for _, line in text]
    # A flash may say nothing beyond its headline.
    return story or list(lines)


def _is_byline(line: str, names: Sequence[str]) -> bool:
    """Whether `line` says who wrote it and when, and nothing else."""
    if len(line) > _MAX_BYLINE:
        return False
    # Names first: many begin as months do (Martin, Julia).
    rest = line
    for name in names:
        rest = re.sub(re.escape(name), " ", rest, flags=re.IGNORECASE)
    named = rest != line
    rest = fold(_WHEN.sub(" ", rest))
    return len(rest) <= _NO_WORDS if named else not rest and _DATED.search(line) is not None


def _is_headline_with_date(line: str, titles: Sequence[str]) -> bool:
    """Whether `line` is a headline with the date and perhaps the author after it, on one line of the page."""
    title = next((title for title in titles if len(title) >= _LEAST_OF_HEADLINE and line.startswith(title)), None)
    if title is None:
        return False
    rest = line[len(title) :].strip()
    return len(rest) <= _MAX_BYLINE and _DATED.search(rest) is not None and _SENTENCE_END.search(rest) is None


def _repeats(line: str, headlines: Sequence[str]) -> bool:
    """Whether `line` is one of the folded headlines, alone or with its kicker or the site's name."""
    folded = fold(line)
    return any(
        folded == headline
        or (
            len(headline) >= _LEAST_OF_HEADLINE
            and headline in folded
            and len(folded) <= _TITLE_WITH_MORE * len(headline)
        )
        for headline in headlines
    )
