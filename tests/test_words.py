"""Old words stay out: code, SQL and docs use the terms of the glossary in docs/design.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

OLD_WORDS = {
    r"mend": "fix",
    r"mend(s|ed|ing)": "fix, repair",
    r"worn[ -]out": "exhausted",
    r"servants?": "worker",
    r"told apart": "distinguished",
}
"""Regular expressions, matched as whole words in any case → the term to use."""

_ALARM = "the column of ingest.alarm and its alias in news.alarms keep the old name for one release"
EXCEPTIONS: dict[str, dict[str, str]] = {
    "mend": {
        "sql/queries/alarms.sql": _ALARM,
        "sql/queries/newsroom.sql": _ALARM,
        "docs/warehouse.md": _ALARM,
    },
}
"""Old word → file → why it may use the word."""

FOLDERS = ("plugins", "dags", "sql/queries", "sql/views", "sql/checks", "docs")
ENDINGS = {".py", ".sql", ".md", ".html"}


def files() -> Iterator[Path]:
    """What people read: library, DAGs, SQL but migrations (they never change), docs."""
    for folder in FOLDERS:
        yield from (file for file in sorted((ROOT / folder).rglob("*")) if file.suffix in ENDINGS)
    yield from (ROOT / name for name in ("README.md", "CONTRIBUTING.md", "Makefile", "docker-compose.yml"))


def found(text: str, word: str) -> list[str]:
    """The lines of `text` that hold an old word."""
    pattern = re.compile(rf"(?<![\w./-]){word}(?![\w/-])", re.IGNORECASE)
    return [line.strip() for line in text.splitlines() if pattern.search(line)]


@pytest.mark.parametrize("word", OLD_WORDS)
def test_no_file_uses_an_old_word(word):
    lines = [
        f"{file.relative_to(ROOT)}: {line}"
        for file in files()
        if str(file.relative_to(ROOT)) not in EXCEPTIONS.get(word, {})
        for line in found(file.read_text(encoding="utf-8"), word)
    ]
    assert lines == [], f"write “{OLD_WORDS[word]}”"


def test_an_old_word_is_found():
    assert found("It is worn out.\nworn_out = 1\n", r"worn[ -]out") == ["It is worn out."]


def test_every_exception_is_needed():
    for word, names in EXCEPTIONS.items():
        for name in names:
            assert found((ROOT / name).read_text(encoding="utf-8"), word), f"{name} no longer uses {word}"
