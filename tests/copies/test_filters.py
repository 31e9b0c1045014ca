"""`wirewatch copies --jsonl`."""

from __future__ import annotations

import json

from tests.copies.texts import BUDGET, PATROL
from wirewatch.copies.filters import copies_lines
from wirewatch.jsonl import BadLine, read_lines


def line(name, text=PATROL, **others):
    return {
        "id": name,
        "title": f"T {name}",
        "text": text,
        "url": f"https://{name}.example/",
        "outlet": str(name),
    } | others


def test_one_answer_for_each_line_in_their_order():
    answers = list(
        copies_lines(
            [
                line("copy", published_at="Thu, 05 Mar 2026 14:00:00 GMT"),
                BadLine(None, "line 2 is not JSON"),
                line("other", BUDGET, published_at=None),
                line("first", published_at="2026-03-05T12:00:00Z"),
                {"id": "empty"},
                line("copy", published_at="Thu, 05 Mar 2026 14:00:00 GMT"),
                line("copy", BUDGET),
                line(7, "", published_at="soon"),
            ]
        )
    )
    assert [answer["id"] for answer in answers] == ["copy", None, "other", "first", "empty", "copy", "copy", 7]
    assert answers[0] == {
        "id": "copy",
        "story": "first",
        "links": [{"of": "first", "kind": "identical", "score": 1.0}],
        "origin_kind": "agency_not_collected",
        "origin_agency": "AP",
        "origin_time": "timed",
        "also_first": [],
    }
    assert answers[5] == answers[0]
    assert answers[2] == {
        "id": "other",
        "story": "other",
        "links": [],
        "origin_kind": "own_report",
        "origin_agency": None,
        "origin_time": "undated",
        "also_first": [],
    }
    assert answers[4]["error"] == "text is missing"
    assert "another content" in answers[6]["error"]
    assert answers[7]["links"] == []


def test_bad_fields_are_named():
    bad = [{"text": "x"}, {"id": True, "text": "x"}, {"id": "a", "text": 3}, {"id": "a", "text": "x", "title": []}]
    errors = [answer["error"] for answer in copies_lines(bad)]
    assert errors == [
        "id is missing",
        "id must be a text or a whole number",
        "text must be a text, not int",
        "title must be a text, not list",
    ]


def test_hostile_texts_cost_no_line(tmp_path):
    odd = ["\x00 \ud800", "a" * 200_000, "“" * 50_000, "「" * 9_000 + "中" * 9_000, ". " * 40_000, "1.1.1," * 9_000]
    path = tmp_path / "lines"
    path.write_text(
        "\n".join(json.dumps(line(n, text, published_at="9999-12-31T23:59:59+14:00")) for n, text in enumerate(odd))
    )
    with path.open("rb") as stream:
        answers = list(copies_lines(read_lines(stream)))
    assert [answer["id"] for answer in answers] == list(range(len(odd)))
    assert not any("error" in answer for answer in answers)


def test_markup_of_summaries_is_no_text():
    summary = (
        "<p>PORT ALMA, Norland (AP) &mdash; A ferry sank.</p> <a href='https://a.example/x'>Continue reading...</a>"
    )
    (answer,) = copies_lines([line("summary", summary, title="Ferry &amp; tug sink")])
    assert (answer["origin_kind"], answer["origin_agency"]) == ("agency_not_collected", "AP")
