"""Reads every document of public feed-parser test suites and of real publishers, and compares with what they expect.

    python -m bench parser_suites
    python -m bench.parser_suites [FOLDER]

FOLDER holds `parser_suites.tar.gz` and `real_publisher.tar.gz` (by default the recorded material beside the project).
For each suite: documents, crashes, hangs (more than 20 s), and, where a suite states an item's title, link, id, date,
author or summary in a form that can be read here, the share on which Wirewatch agrees, beside feedparser alone. Texts
are compared as plain text, links after the same cleaning, dates as moments. The table goes to docs/feeds.md; printed
are the documents that crash, hang or disagree, with BEHIND where feedparser alone agrees.
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import feedparser
from dateutil.parser import parse as parse_date
from pebble import ProcessExpired, ProcessPool

from bench.documents import DOCS, write_generated
from wirewatch.feeds.parser.parsing import parse_feed
from wirewatch.text import urls
from wirewatch.text.html import line_of

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SHARED = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "feeds"
HANG_S = 20.0
FIELDS = ("entries", "title", "link", "id", "published", "updated", "author", "summary")
DOCUMENTS = frozenset({".xml", ".rss", ".atom", ".json", ".html", ".rdf"})


@dataclass(frozen=True)
class Statement:
    """What a suite expects of one document. `entry` is None for the number of entries."""

    field: str
    entry: int | None
    value: Any


@dataclass(frozen=True)
class Document:
    suite: str
    path: Path
    statements: tuple[Statement, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Result:
    """How one document went: for each statement (field, ours agrees, feedparser agrees)."""

    seconds: float = 0.0
    feedparser_seconds: float = 0.0
    entries: int = 0
    feedparser_entries: int = 0
    agreements: list[tuple[str, bool, bool]] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)


def examine(document: Document) -> Result:
    """Read a document both ways and hold both against its statements."""
    body, headers = document.path.read_bytes(), dict(document.headers)
    began = perf_counter()
    ours = parse_feed(body, url=headers.get("content-location", ""), content_type=headers.get("content-type"), now=NOW)
    middle = perf_counter()
    alone = feedparser.parse(io.BytesIO(body), response_headers=headers)
    result = Result(middle - began, perf_counter() - middle, len(ours.entries), len(alone.entries))
    for statement in document.statements:
        if statement.entry is None:
            found = (len(ours.entries) == statement.value, len(alone.entries) == statement.value)
        else:
            n = statement.entry
            found = (
                n < len(ours.entries) and _agrees(statement, _ours(ours.entries[n], statement.field)),
                n < len(alone.entries) and _agrees(statement, _feedparsers(alone.entries[n], statement.field)),
            )
        result.agreements.append((statement.field, *found))
        if not found[0]:
            got = _ours(ours.entries[n], statement.field) if n is not None and n < len(ours.entries) else ["no entry"]
            mark = "BEHIND" if found[1] else "both"
            result.differences.append(f"{mark}: {statement.field}: expected {statement.value!r}, got {got!r}")
    return result


def _ours(entry: Any, name: str) -> list[Any]:
    """The values that may stand for the field `name`."""
    match name:
        case "title":
            return [entry.title]
        case "link":
            return [entry.url, entry.link]
        case "id":
            return [entry.identity]
        case "published" | "updated":
            sources = {"feed:dc", f"feed:{name}"}
            return [date.value for date in entry.dates if date.value and date.source in sources]
        case "author":
            return [", ".join(entry.authors), *entry.authors]
        case _:
            return [entry.summary or "", line_of(entry.content or "")]


def _feedparsers(entry: Any, name: str) -> list[Any]:
    match name:
        case "published" | "updated":
            # .get would answer one with the other.
            moment = dict.get(entry, f"{name}_parsed")
            return [datetime(*moment[:6], tzinfo=UTC)] if moment else []
        case "author":
            names = [person.get("name", "") for person in entry.get("authors", ())]
            return [entry.get("author", ""), *names, ", ".join(names)]
        case "summary":
            return [entry.get("summary", ""), *(part.value for part in entry.get("content", ()))]
        case _:
            return [entry.get(name, "")]


def _agrees(statement: Statement, values: list[Any]) -> bool:
    if statement.field in ("published", "updated"):
        return any(value == statement.value for value in values)
    if statement.field == "link":
        return any(_same_link(statement.value, value) for value in values if value is not None)
    if statement.field == "id":
        return any(value == statement.value or _same_link(statement.value, value) for value in values)
    expected = {line_of(statement.value), " ".join(statement.value.split())}
    return any(expected & {line_of(value), " ".join(value.split())} for value in values if value is not None)


def _same_link(one: str, other: str) -> bool:
    try:
        return one.strip() == other.strip() or urls.clean_url(one) == urls.clean_url(other)
    except ValueError:
        return False


# What the suites state, suite by suite.


def documents(folder: Path) -> Iterator[Document]:
    """All documents below `folder`, with their statements."""
    for suite in sorted(path for path in folder.iterdir() if path.is_dir()):
        name = suite.name.removeprefix("suite_")
        stated = _STATEMENTS.get(name, lambda suite: {})(suite)
        for path in sorted(suite.rglob("*")):
            if path.suffix in DOCUMENTS and path.is_file() and not _is_expectation(path):
                headers = _feedparser_headers(path) if name == "feedparser" else ()
                yield Document(name, path, tuple(stated.get(path, ())), headers)


def _is_expectation(path: Path) -> bool:
    if path.suffix != ".json":
        return False
    return (
        path.name.endswith((".serde.json", "_expected.json"))
        or (path.parent.name == "output" and "rss-parser" in str(path))
        or path.with_suffix(".xml").exists()
    )


def _gofeed(suite: Path) -> dict[Path, list[Statement]]:
    stated = {}
    for expected in suite.rglob("*.json"):
        document = expected.with_suffix(".xml")
        if expected.name.endswith("_expected.json"):
            document = expected.with_name(expected.name.replace("_expected", ""))
        if document.exists() and document != expected:
            content = _json(expected)
            stated[document] = list(_gofeed_items(content.get("items") or content.get("entries") or []))
    return stated


def _gofeed_items(items: list[dict[str, Any]]) -> Iterator[Statement]:
    for n, item in enumerate(items):
        for name, keys in (("title", ("title",)), ("summary", ("description", "summary")), ("link", ("link", "url"))):
            for key in keys:
                if isinstance(item.get(key), str):
                    yield Statement(name, n, item[key])
        guid = item.get("guid") or item.get("id")
        guid = guid.get("value") if isinstance(guid, dict) else guid
        if isinstance(guid, str) and guid:
            yield Statement("id", n, guid)
        for name, keys in (("published", ("pubDateParsed", "publishedParsed")), ("updated", ("updatedParsed",))):
            for key in keys:
                if item.get(key):
                    yield Statement(name, n, _moment(item[key]))


def _feed_rs(suite: Path) -> dict[Path, list[Statement]]:
    stated = {}
    for expected in suite.rglob("*.serde.json"):
        base = expected.name.removesuffix(".serde.json")
        document = next(
            (expected.with_name(base + end) for end in (".xml", ".json") if expected.with_name(base + end).exists()),
            None,
        )
        if document is None:
            continue
        entries = _json(expected)["entries"]
        found = [Statement("entries", None, len(entries))]
        for n, entry in enumerate(entries):
            if entry.get("title"):
                found.append(Statement("title", n, entry["title"]["content"]))
            if entry.get("links"):
                found.append(Statement("link", n, entry["links"][0]["href"]))
            found += [Statement(name, n, _moment(entry[name])) for name in ("published", "updated") if entry.get(name)]
        stated[document] = found
    return stated


def _rss_parser(suite: Path) -> dict[Path, list[Statement]]:
    stated = {}
    inputs = {path.stem: path for path in (suite / "test" / "input").iterdir()}
    for expected in (suite / "test" / "output").glob("*.json"):
        if expected.stem not in inputs:
            continue
        items = _json(expected).get("feed", {}).get("items", [])
        found = [Statement("entries", None, len(items))]
        for n, item in enumerate(items):
            found += [Statement(key, n, item[key]) for key in ("title", "link") if isinstance(item.get(key), str)]
            guid = item.get("guid") or item.get("id")
            if isinstance(guid, str):
                found.append(Statement("id", n, guid))
            if isinstance(item.get("isoDate"), str):
                found.append(Statement("published", n, _moment(item["isoDate"])))
        stated[inputs[expected.stem]] = found
    return stated


_EXPECTED = re.compile(rb"Expect:\s*(.*?)\s*-->", re.DOTALL)
_CLAUSE = re.compile(
    r"""entries\[(\d+)\]\[['"](title|link|id|guid|summary|description|author|published_parsed|updated_parsed)['"]\]"""
    r"""\s*==\s*(u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|\([\d, ]+\))"""
)
_COUNT = re.compile(r"len\(entries\)\s*==\s*(\d+)")
_FIELD_OF = {"guid": "id", "description": "summary", "published_parsed": "published", "updated_parsed": "updated"}


def _feedparser(suite: Path) -> dict[Path, list[Statement]]:
    stated = {}
    for document in suite.rglob("*.xml"):
        match = _EXPECTED.search(_ascii_compatible(document.read_bytes()))
        if not match:
            continue
        clause = match[1].decode("utf-8", "ignore")
        found = [Statement("entries", None, int(count)) for count in _COUNT.findall(clause)]
        for n, key, literal in _CLAUSE.findall(clause):
            value = ast.literal_eval(literal)
            if isinstance(value, tuple):
                value = datetime(*value[:6], tzinfo=UTC)
            found.append(Statement(_FIELD_OF.get(key, key), int(n), value))
        stated[document] = found
    return stated


def _feedparser_headers(path: Path) -> tuple[tuple[str, str], ...]:
    text = _ascii_compatible(path.read_bytes()).decode("utf-8", "ignore")
    found = re.findall(r"^Header:\s+([^:]+):(.*)$", text, re.MULTILINE)
    return tuple((name.strip().lower(), value.strip()) for name, value in found)


def _ascii_compatible(body: bytes) -> bytes:
    return body.replace(b"\x00", b"")


_RUBY = re.compile(
    r"""expect\(@entry\.(title|url|author|id|entry_id|published|updated)\)\.to eq(?:\(| )\s*(?:"([^"]*)"|(\w+))"""
)
_RUBY_DATE = re.compile(r"""(\w+) = Feedjira::Util::ParseTime\.call\(?\s*"([^"]*)""")


def _feedjira(suite: Path) -> dict[Path, list[Statement]]:
    samples = dict(re.findall(r'(sample_\w+): "([^"]+)"', (suite / "spec/sample_feeds.rb").read_text()))
    stated: dict[Path, list[Statement]] = defaultdict(list)
    for spec in (suite / "spec/feedjira/parser").glob("*entry_spec.rb"):
        code = spec.read_text()
        used = re.findall(r"@entry\s*=\s*(?:[\w:]+)\.parse\(\s*(sample_\w+)\s*\)\.entries\.first", code)
        if len(set(used)) != 1 or used[0] not in samples:
            continue
        moments = dict(_RUBY_DATE.findall(code))
        for name, text, variable in _RUBY.findall(code):
            value: Any = text
            if name in ("published", "updated"):
                if variable not in moments:
                    continue
                value = parse_date(moments[variable]).astimezone(UTC)
            elif not text:
                continue
            key = {"url": "link", "entry_id": "id"}.get(name, name)
            stated[suite / "spec/sample_feeds" / samples[used[0]]].append(Statement(key, 0, value))
    return stated


def _reader(suite: Path) -> dict[Path, list[Statement]]:
    stated = {}
    for expected in (suite / "tests/data").glob("*.py"):
        document = expected.with_suffix("")
        calls = [
            call
            for call in ast.walk(ast.parse(expected.read_text()))
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "EntryData"
        ]
        found = [Statement("entries", None, len(calls))]
        for n, call in enumerate(calls):
            values = {word.arg: _value(word.value) for word in call.keywords}
            for key in ("id", "title", "link", "summary", "published", "updated"):
                if values.get(key):
                    found.append(Statement(key, n, values[key]))
        if document.exists():
            stated[document] = found
    return stated


def _value(node: ast.expr) -> Any:
    """A literal, or `datetime.datetime(…, tzinfo=datetime.UTC)`; None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "datetime":
        return datetime(*(ast.literal_eval(argument) for argument in node.args), tzinfo=UTC)
    return None


_STATEMENTS = {
    "feedparser": _feedparser,
    "gofeed": _gofeed,
    "feed-rs": _feed_rs,
    "rss-parser": _rss_parser,
    "feedjira": _feedjira,
    "reader": _reader,
}


def _json(path: Path) -> Any:
    content = json.loads(path.read_text("utf-8", "replace"))
    return content if isinstance(content, dict) else {}


def _moment(text: str) -> datetime:
    moment = parse_date(text).replace(microsecond=0)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# The report.


@dataclass
class Suite:
    documents: int = 0
    crashes: int = 0
    hangs: int = 0
    slowest: float = 0.0
    fewer: int = 0
    """Documents with fewer entries than feedparser alone finds."""
    stated: Counter[str] = field(default_factory=Counter)
    ours: Counter[str] = field(default_factory=Counter)
    feedparsers: Counter[str] = field(default_factory=Counter)


def run(found: Iterable[Document]) -> tuple[dict[str, Suite], list[str], float, float]:
    """Examine all documents, each in a child process with a time limit."""
    suites: dict[str, Suite] = defaultdict(Suite)
    notes: list[str] = []
    seconds, feedparser_seconds = 0.0, 0.0
    listed = list(found)
    with ProcessPool(max_workers=1) as pool:
        results = pool.map(examine, listed, timeout=HANG_S).result()
        for document in listed:
            suite = suites[document.suite]
            suite.documents += 1
            try:
                result = next(results)
            except TimeoutError:
                suite.hangs += 1
                notes.append(f"HANG {document.path}")
                continue
            except (Exception, ProcessExpired) as error:
                suite.crashes += 1
                notes.append(f"CRASH {document.path}: {type(error).__name__}: {error}")
                continue
            seconds += result.seconds
            feedparser_seconds += result.feedparser_seconds
            suite.slowest = max(suite.slowest, result.seconds)
            if result.entries < result.feedparser_entries:
                suite.fewer += 1
                notes.append(f"FEWER {document.path}: {result.entries} entries, feedparser {result.feedparser_entries}")
            for name, ours, alone in result.agreements:
                suite.stated[name] += 1
                suite.ours[name] += ours
                suite.feedparsers[name] += alone
            notes += [f"{document.path}: {difference}" for difference in result.differences]
    return suites, notes, seconds, feedparser_seconds


def table(suites: dict[str, Suite], seconds: float, feedparser_seconds: float) -> str:
    """The report in Markdown."""
    by_size = sorted(suites.items(), key=lambda pair: -pair[1].documents)
    lines = [
        "| suite | documents | crashes | hangs | slowest | stated | agreed | feedparser alone |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, suite in by_size:
        stated = suite.stated.total()
        ours, alone = (f"{n.total() / stated:.1%}" if stated else "" for n in (suite.ours, suite.feedparsers))
        lines.append(
            f"| {name} | {suite.documents} | {suite.crashes} | {suite.hangs} | {suite.slowest:.2f} s |"
            f" {stated or ''} | {ours} | {alone} |"
        )
    documents, crashes, hangs, fewer = (
        sum(getattr(suite, name) for suite in suites.values()) for name in ("documents", "crashes", "hangs", "fewer")
    )
    lines += [
        "",
        f"{documents} documents: {crashes} crashes, {hangs} hangs; {fewer} with fewer entries than feedparser alone"
        f" finds. {seconds:.0f} s; feedparser alone {feedparser_seconds:.0f} s.",
        "",
        "| agreed | " + " | ".join(FIELDS) + " |",
        "|---|" + "--:|" * len(FIELDS),
    ]
    for name, suite in by_size:
        if suite.stated:
            lines.append(f"| {name} | " + " | ".join(_cell(suite, key) for key in FIELDS) + " |")
    return "\n".join(lines)


def _cell(suite: Suite, key: str) -> str:
    if not suite.stated[key]:
        return ""
    alone = f" ({suite.feedparsers[key]})" if suite.feedparsers[key] != suite.ours[key] else ""
    return f"{suite.ours[key]}{alone} of {suite.stated[key]}"


def main() -> None:
    """Examines everything; the table goes to docs/feeds.md, the notes to standard output."""
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED
    with tempfile.TemporaryDirectory() as folder:
        for name in ("parser_suites.tar.gz", "real_publisher.tar.gz"):
            with tarfile.open(source / name) as archive:
                archive.extractall(folder, filter="data")
        suites, notes, seconds, feedparser_seconds = run(documents(Path(folder)))
        write_generated(DOCS / "feeds.md", table(suites, seconds, feedparser_seconds), by="parser_suites")
        print("\n".join(note.replace(folder, "") for note in notes))


if __name__ == "__main__":
    main()
