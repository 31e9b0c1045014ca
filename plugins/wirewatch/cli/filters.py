"""Commands that read JSON lines, pages or feeds and need no database."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from wirewatch import jsonl
from wirewatch.cli.base import Jsonl, app
from wirewatch.errors import WirewatchError
from wirewatch.records import ArticleText
from wirewatch.settings import Settings


def _write(records: Iterable[jsonl.Record]) -> None:
    for record in records:
        jsonl.write_line(sys.stdout, record)


def _lines_in() -> Iterator[jsonl.Record | jsonl.BadLine]:
    if sys.stdin is None:
        raise WirewatchError("standard input is closed; send one JSON object per line to it")
    return jsonl.read_lines(sys.stdin.buffer)


def _need_jsonl(given: bool) -> None:
    if not given:
        raise WirewatchError("use --jsonl, and send one JSON object per line to standard input")


@app.command()
def extract(jsonl_: Jsonl = False) -> None:
    """Extract articles from pages: {id, url, html | html_base64} → {id, title, text, …}."""
    _need_jsonl(jsonl_)
    from wirewatch.articles.filters import extract_lines

    _write(extract_lines(_lines_in()))


@app.command()
def copies(jsonl_: Jsonl = False) -> None:
    """Find copies: {id, title, text, url, outlet, published_at} → {id, story, links}."""
    _need_jsonl(jsonl_)
    from wirewatch.copies.filters import copies_lines
    from wirewatch.topics.matching import Matcher
    from wirewatch.topics.rules import load_topics

    names = [Matcher(topic) for topic in load_topics(Settings.load().topics)]
    _write(copies_lines(_lines_in(), names))


@app.command()
def events(jsonl_: Jsonl = False) -> None:
    """Find events, articles in order of arrival: {id, title, text, …} → {id, story, event, storyline}."""
    _need_jsonl(jsonl_)
    from wirewatch.events.filters import events_lines
    from wirewatch.topics.matching import Matcher
    from wirewatch.topics.rules import load_topics

    names = [Matcher(topic) for topic in load_topics(Settings.load().topics)]
    _write(events_lines(_lines_in(), names))


@app.command()
def tag(jsonl_: Jsonl = False) -> None:
    """Tag topics: {id, title, text} → {id, topic, relevance, event, score, evidence}."""
    _need_jsonl(jsonl_)
    from wirewatch.topics.rules import load_topics
    from wirewatch.topics.tagging import tag_line

    topics = load_topics(Settings.load().topics)
    _write(jsonl.each(_lines_in(), lambda record: tag_line(record, topics)))


@app.command()
def train(
    topic: Annotated[str, typer.Argument(help="Name of the topic.")],
    labelled: Annotated[list[Path], typer.Option(help="JSON lines, as the Newsroom exports reviews.")],
    version: Annotated[str, typer.Option(help="Name of the new model.")],
    check: Annotated[
        Path | None, typer.Option(help="Frozen labelled articles: a model that is worse on them is refused.")
    ] = None,
) -> None:
    """Learn a topic's model from labelled articles; report it by source; write it beside the topic file."""
    from wirewatch.topics.rules import load_topics

    try:
        from wirewatch.topics.training import running
        from wirewatch.topics.training.items import read_records
    except ImportError as error:
        raise WirewatchError(f"{error.name} is missing: install the extra `train`") from None

    settings = Settings.load()
    topics = {found.name: found for found in load_topics(settings.topics)}
    if topic not in topics:
        raise WirewatchError(f"no topic {topic!r} in {settings.topics}; there are {', '.join(topics)}")
    try:
        records = [record for path in labelled for record in read_records(path)]
        trained = running.train(topics[topic], records, version, [running.digest_of(path) for path in labelled])
        print(*trained.lines, sep="\n")
        if check is not None:
            outcome = running.checked(topics[topic], trained.model, check)
            print(f"check set: {outcome}")
            if not outcome.passed:
                raise WirewatchError(f"the new model is worse on {check}: it was not written")
    except (ValueError, OSError) as error:
        raise WirewatchError(str(error)) from None
    path = settings.topics / topics[topic].model_file
    path.write_text(running.readable(trained.model.as_dict()), encoding="utf-8")
    print(f"wrote {path}; `wirewatch check`, then the next run of label_articles brings it into force")


@app.command()
def explain(
    source: Annotated[
        str | None, typer.Argument(help="A file (text, HTML or JSON), a URL, or - for standard input.")
    ] = None,
    article: Annotated[int | None, typer.Option(help="Id of an article in the warehouse, instead of a source.")] = None,
    topic: Annotated[str | None, typer.Option(help="Only this topic; default: all topics.")] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the report, for the offices of persons.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show why an article has its tag: which terms matched, where, and what each adds to the score."""
    from wirewatch.topics.explaining import account_of, accounts_json
    from wirewatch.topics.rules import load_topics
    from wirewatch.topics.showing import shown

    settings = Settings.load()
    topics = {found.name: found for found in load_topics(settings.topics)}
    if topic is not None and topic not in topics:
        raise WirewatchError(f"unknown topic {topic!r}; {settings.topics} has {', '.join(topics)}")
    asked = _article_to_explain(source, article, settings)
    day = on.date() if on else None
    accounts = [account_of(asked, found, on=day) for name, found in topics.items() if topic in (None, name)]
    if json_:
        jsonl.write_line(sys.stdout, accounts_json(accounts))
        return
    for account in accounts:
        Console(highlight=False).print(shown(account), soft_wrap=not sys.stdout.isatty())


def _article_to_explain(source: str | None, article: int | None, settings: Settings) -> ArticleText:
    from wirewatch.articles.single import article_at, article_from_bytes, stored_article
    from wirewatch.local import stack
    from wirewatch.warehouse import Warehouse

    if source is None and article is not None:
        with Warehouse(stack.find(settings).owner_dsn) as warehouse:
            return stored_article(article, warehouse)
    if source is None or article is not None:
        raise WirewatchError("give a file, a URL, - for standard input, or --article with an id")
    if source.startswith(("http://", "https://")):
        # robots.txt and the next slot of each host are kept in the warehouse.
        with Warehouse(stack.find(settings).owner_dsn) as warehouse:
            return article_at(source, warehouse, settings)
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise WirewatchError(f"{source}: can't be read: {error.strerror}") from None
    return article_from_bytes(data, name="standard input" if source == "-" else source, now=datetime.now(UTC))


@app.command("parse-feed")
def parse_feed(files: list[Path], jsonl_: Jsonl = False) -> None:
    """Parse feed documents: one line per entry."""
    if not jsonl_:
        raise WirewatchError("use --jsonl, and give the files of the feeds")
    from wirewatch.feeds.filters import feed_lines

    _write(feed_lines(files))
