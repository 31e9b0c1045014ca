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
    r"fares?": "health, state",
    r"house": "project, outlet, context or warehouse",
    r"(?<!there )(?<!where )(is|are) (?-i:none)(?! of)": "is not a …",
    r"what stands( before| around| in| there| beside)?": "what is; the options above",
    r"furniture": "boilerplate",
    r"guards?": "check, exclusion rule",
    r"lean": "streak",
    r"epitomes?": "signature term",
    r"worn[ -]out": "exhausted",
    r"servants?": "worker",
    r"for ever": "indefinitely",
    r"melts?": "merges",
    r"told apart": "distinguished",
    r"bot[ -]walls?": "anti-bot page",
    r"a wall": "anti-bot page, paywall",
    r"loopback newsroom|bundled newsroom|the newsroom's week": "the sample web",
}
"""Regular expressions, matched as whole words in any case → the term to use."""

_ALARM = "the column of ingest.alarm and its alias in news.alarms keep the old name for one release"
_COLUMN = "the name of a column or its comment in a migration, which never change"
_NAME = "a proper name"
_FEATURE = "the name of a feature in model files"
EXCEPTIONS: dict[str, dict[str, str]] = {
    "mend": {
        "sql/queries/alarms.sql": _ALARM,
        "sql/queries/newsroom.sql": _ALARM,
        "docs/warehouse.md": _ALARM,
    },
    "fares?": {"docs/warehouse.md": _COLUMN},
    "furniture": {"docs/warehouse.md": _COLUMN},
    "house": {
        "docs/tagging.md": _NAME,
        "plugins/wirewatch/demo/sample_web/templates/review.html": _NAME,
    },
    "guards?": {
        "docs/tagging.md": _NAME,
        "plugins/wirewatch/articles/extraction/extract.py": _NAME,
    },
    "lean": {
        "docs/warehouse.md": _COLUMN,
        "plugins/wirewatch/feeds/recording.py": _COLUMN,
        "sql/queries/feeds.sql": _COLUMN,
    },
    "epitomes?": {
        "plugins/wirewatch/topics/features.py": _FEATURE,
        "plugins/wirewatch/topics/topic_file.py": _FEATURE,
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
