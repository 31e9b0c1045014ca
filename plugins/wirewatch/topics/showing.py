"""An account of a tag for people: the article with what speaks for and against it, sums, tables; in colour (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from wirewatch.records import Evidence, Relevance
from wirewatch.topics.explaining import Account

_FOR, _AGAINST, _HARDLY = "bold black on green", "bold white on red", "underline"
_COLOURS = {Relevance.CORE: "bold green", Relevance.RELATED: "bold yellow", Relevance.NONE: "bold red"}
_SMALL = 0.05
"""Weights below this are underlined in the text and summed up in the tables."""
_FEATURES = 12
"""Features that are shown one by one."""
_CONTROLS = dict.fromkeys({*range(32), *range(127, 160)} - {*b"\t\n"}, "\ufffd")
"""A page's control characters are not the terminal's; one for one, so that places stay right."""
_SHARES = 5
"""Features of the sum for `related` that are named."""
_EVENTS = 3
"""Event types that are shown."""


def shown(account: Account) -> RenderableType:
    """The whole account, to be printed on a rich console."""
    return Group(
        Text.assemble((account.topic.title, "bold"), f" ({account.topic.name}, rules {account.topic.version})"),
        _decision(account),
        Text(),
        *_article(account),
        Text(),
        *_sums(account),
        Text(),
        _features(account),
        _evidence(account),
        *_entities(account),
    )


def _decision(account: Account) -> Text:
    tag = account.explanation.tag
    words = [tag.relevance.value, *([tag.event] if tag.event else [])]
    return Text.assemble((" ".join(words), _COLOURS[tag.relevance]), f", probability of core {tag.probability:.2f}")


def _article(account: Account) -> Iterator[Text]:
    """The headline, and the paragraphs that hold evidence; the others are counted."""
    article, rows = account.article, account.explanation.tag.evidence
    yield _marked(article.title, 0, _spans(rows, "title"), "bold")
    spans = _spans(rows, "text")
    start, without = 0, 0
    for paragraph in article.text.split("\n"):
        end = start + len(paragraph)
        inside = [span for span in spans if span[0] < end and span[1] > start]
        if inside:
            yield from _left_out(without)
            without = 0
            yield _marked(paragraph, start, inside, "")
        else:
            without += bool(paragraph.strip())
        start = end + 1
    yield from _left_out(without)


def _left_out(paragraphs: int) -> Iterator[Text]:
    if paragraphs:
        yield Text(f"… {paragraphs} paragraph{'s' if paragraphs > 1 else ''} without evidence", style="dim")


def _spans(rows: Sequence[Evidence], field: str) -> list[tuple[int, int, float]]:
    """(start, end, weight) of the evidence in `field`."""
    return [
        (row.start, row.end, row.weight)
        for row in rows
        if row.field == field and row.start is not None and row.end is not None
    ]


def _marked(words: str, offset: int, spans: Sequence[tuple[int, int, float]], style: str) -> Text:
    text = Text(words.translate(_CONTROLS), style=style)
    for start, end, weight in spans:
        text.stylize(_style(weight), max(0, start - offset), end - offset)
    return text


def _style(weight: float) -> str:
    if abs(weight) < _SMALL:
        return _HARDLY
    return _FOR if weight > 0 else _AGAINST


def _sums(account: Account) -> Iterator[Text]:
    tag, model = account.explanation.tag, account.topic.model
    shares = [part.share for part in account.explanation.contributions]
    speaks_for, against = (sum(s for s in shares if s > 0), sum(s for s in shares if s < 0))
    yield Text.assemble(
        ("core     ", "bold"), f"bias {model.core.bias:+.2f}  for ", (f"{speaks_for:+.2f}", "green"), "  against ",
        (f"{against:+.2f}", "red"), "  = score ", (f"{tag.score:+.2f}", "bold"), f"; core from {model.core_from:+.2f}",
    )  # fmt: skip
    yield Text.assemble(("related  ", "bold"), f"sum {account.relevant:+.2f}; related from +0.00, unless core")
    parts = [f"{name} {share:+.2f}" for name, share in account.relevant_shares.items()]
    begun = [f"bias {model.relevant.bias:+.2f}", *parts[:_SHARES]]
    others = [f"{len(parts) - _SHARES} others"] if len(parts) > _SHARES else []
    yield Text(f"         {', '.join([*begun, *others])}", style="dim")
    if account.events:
        events = ", ".join(f"{name} {value:+.2f}" for name, value in account.events[:_EVENTS])
        yield Text.assemble(("event    ", "bold"), f"{events}; the highest, when core")


def _features(account: Account) -> Table:
    table = Table("feature", "because of", title="What was measured", title_justify="left", box=None)
    for name in ("value", "weight", "adds"):
        table.add_column(name, justify="right")
    parts = sorted(account.explanation.contributions, key=lambda part: -abs(part.share))
    for part in parts[:_FEATURES]:
        causes = list(dict.fromkeys(cause.name for cause in part.causes))
        because = ", ".join(causes[:4]) + (f" and {len(causes) - 4} more" if len(causes) > 4 else "")
        table.add_row(part.feature, because, f"{part.value:.2f}", f"{part.weight:+.2f}", _number(part.share))
    rest = parts[_FEATURES:]
    if rest:
        table.add_row(f"{len(rest)} others", "", "", "", _number(sum(part.share for part in rest)))
    return table


def _evidence(account: Account) -> Table:
    tag = account.explanation.tag
    table = Table("rule", "words", "where", title="\nEvidence", title_justify="left", box=None, show_footer=True)
    table.add_column("weight", Text(f"{tag.score:+.2f}", style="bold"), justify="right")
    table.columns[0].footer = Text("score", style="bold")
    large = [row for row in tag.evidence if abs(row.weight) >= _SMALL]
    small = [row for row in tag.evidence if abs(row.weight) < _SMALL]
    for row in large:
        where = "" if row.start is None else f"{row.field} {row.start}–{row.end}"
        table.add_row(row.rule, Text(row.term), where, _number(row.weight))
    if small:
        table.add_row(f"{len(small)} others", "", "", _number(sum(row.weight for row in small)))
    return table


def _entities(account: Account) -> Iterator[Table]:
    if account.entities:
        table = Table("entity", "kind", "country", "role", title="\nWho and what", title_justify="left", box=None)
        table.add_column("times", justify="right")
        table.add_column("words")
        for found in account.entities:
            one = found.mention
            words = Text(account.words_of(one))
            table.add_row(one.name, one.kind, one.country or "", one.role or "", str(found.times), words)
        yield table


def _number(value: float) -> Text:
    return Text(f"{value:+.2f}", style="green" if value > 0 else "red")
