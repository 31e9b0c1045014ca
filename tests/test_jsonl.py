"""The filters' lines: one out for each in, in order, whatever stands in them."""

from __future__ import annotations

import io
import json

from hypothesis import given
from hypothesis import strategies as st

from wirewatch import jsonl


def _run(data: bytes, function) -> list[dict]:
    out = io.StringIO()
    for record in jsonl.each(jsonl.read_lines(io.BytesIO(data)), function):
        jsonl.write_line(out, record)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_bad_lines_keep_their_place():
    data = b'{"id": 1}\nnot json\n[1]\n\n\xff\xfe\n{"id": 2, "title": 3}\n{"id": 4}\n'
    found = _run(data, lambda record: {"id": record["id"], "title": jsonl.text_field(record, "title")})
    assert [line.get("id") for line in found] == [1, None, None, None, None, 2, 4]
    assert ["error" in line for line in found] == [False, True, True, True, True, True, False]
    assert found[1]["error"].startswith("line 2 is not JSON")
    assert found[5]["error"] == "title must be a text, not int"


@given(st.text())
def test_whatever_stands_in_a_text_is_one_line_that_can_be_encoded(text):
    out = io.StringIO()
    jsonl.write_line(out, {"text": text + "\u2028\x85\ud800"})
    (line,) = out.getvalue().splitlines()
    assert json.loads(line.encode()) == {"text": text + "\u2028\x85\ud800"}


@given(st.lists(st.binary().filter(lambda line: b"\n" not in line)))
def test_one_line_out_for_each_line_in(lines):
    data = b"".join(line + b"\n" for line in lines)
    assert len(_run(data, lambda record: {"id": record.get("id")})) == len(lines)
