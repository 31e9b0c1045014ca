"""Every tag of recorded texts is explained by words of the stored text, and adds up; also in tests/test_pipeline.py."""

from __future__ import annotations

import gzip
import json

import pytest

from tests.topics.evidence import assert_evidence_holds
from wirewatch.records import clean_text
from wirewatch.topics.labelling import sync_topic_files, tag_topics


@pytest.mark.timeout(600)
def test_every_row_of_recorded_texts(shared, warehouse, settings, put, cursor):
    """Summaries with markup and full texts of many publishers, through the database."""
    with gzip.open(shared / "data" / "topic" / "labelled.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [record for record in map(json.loads, lines) if record["text"]]
    for number, record in enumerate(records):
        put(f"https://news.example/{number}", clean_text(record["text"]), title=clean_text(record["title"]))
    sync_topic_files(warehouse, settings)
    report = tag_topics(warehouse, settings)
    tags, spans = assert_evidence_holds(cursor)
    assert tags == report.tagged == len(records) > 900
    assert spans > 10 * tags


def test_texts_of_all_scripts_and_of_none(warehouse, settings, put, cursor):
    """Characters outside the basic plane, combining accents, Arabic, Chinese, markup: offsets are those of Postgres."""
    texts = [
        "🚢🚢 The U.S. Navy met the PLA Navy near 台灣海峽 🚢. Ｕ.Ｓ. warships sailed.",
        "<p>L'armée américaine &amp; la Chine</p>\nPentagon officials met Chinese defence officials.",
        "美国国防部长与中国国防部长通电话。𠀀𠀁 两军就台湾海峡交换意见。",
        "قالت وزارة الدفاع الأمريكية إن الصين والولايات المتحدة أجرتا محادثات عسكرية",
        "e\u0301 U\u0308 China\u0301 and the Pentagon. " * 50,
        "\ufffd\ufffd Pentagon \ufffd China",
    ]
    for number, text in enumerate(texts):
        put(f"https://news.example/{number}", text, title=text[:60])
    sync_topic_files(warehouse, settings)
    tag_topics(warehouse, settings)
    tags, spans = assert_evidence_holds(cursor)
    assert tags == len(texts)
    assert spans > 2 * tags
