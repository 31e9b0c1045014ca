"""An account of a tag for people: the article with what speaks for and against it, sums, tables; in colour (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from wirewatch.records import Relevance
from wirewatch.topics.explaining import Account
from wirewatch.topics.records import Evidence

_FOR, _AGAINST, _HARDLY = "bold black on green", "bold white on red", "underline"
_COLOURS = {Relevance.CORE: "bold green", Relevance.RELATED: "bold yellow", Relevance.NONE: "bold red"}
_SMALL = 0.05
"""Weights below this are underlined in the text and summed up in the tables."""
_FEATURES = 12
"""Features that are shown one by one."""
_CONTROLS = dict.fromkeys({*range(32), *range(127, 160)} - {*b"\t\n"}, "\ufffd")
"""A page's control characters are not the terminal's; one for one, so that places stay right."""
_REASONS = 4
"""Words for or against an event type that are shown."""
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
    also = f", also {tag.event_also}" if tag.event_also else ""
    words = [tag.relevance.value, *([tag.event] if tag.event else [])]
    return Text.assemble(
        (" ".join(words) + also, _COLOURS[tag.relevance]),
        f", probability of core {tag.probability:.2f}, of core or related {tag.related_probability:.2f}",
    )


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
    explanation, model = account.explanation, account.topic.model
    decided = explanation.decided_by
    for name, called, bias, start in (
        ("core", "core     ", model.core.bias, model.core_from),
        ("relevant", "related  ", model.relevant.bias, model.related_from),
    ):
        shares = [part.share for part in explanation.contributions(name)]
        speaks_for, against = (sum(s for s in shares if s > 0), sum(s for s in shares if s < 0))
        yield Text.assemble(
            (called, "bold"), f"bias {bias:+.2f}  for ", (f"{speaks_for:+.2f}", "green"), "  against ",
            (f"{against:+.2f}", "red"), "  = sum ", (f"{explanation.sums[name]:+.2f}", "bold"),
            f"; {'core' if name == 'core' else 'related'} from {start:+.2f}",
            (", this sum decided" if name == decided else "", "bold"),
        )  # fmt: skip
    yield from _events(account)


def _events(account: Account) -> Iterator[Text]:
    """The likeliest event types, each with the words that speak for it and against it."""
    for number, (name, value) in enumerate(account.events[:_EVENTS]):
        reasons = ", ".join(f"{cause} {share:+.2f}" for cause, share in account.reasons_for(name)[:_REASONS])
        called = "event    " if number == 0 else "         "
        yield Text.assemble((called, "bold"), f"{name} {value:+.2f}", (f"  {reasons}" if reasons else "", "dim"))


def _features(account: Account) -> Table:
    table = Table("feature", "because of", title="What was measured", title_justify="left", box=None)
    for name in ("value", "weight", "adds"):
        table.add_column(name, justify="right")
    parts = account.contributions
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
