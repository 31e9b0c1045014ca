"""The filters' lines: one out for each in, in order, whatever stands in them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch import jsonl
from wirewatch.cli import filters
from wirewatch.errors import WirewatchError


def _run(data: bytes, function) -> list[dict]:
    out = io.StringIO()
    for record in jsonl.each(jsonl.read_lines(io.BytesIO(data)), function):
        jsonl.write_line(out, record)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_bad_lines_keep_their_place():
    data = b'{"id": 1}\nnot json\n[1]\n\n\xff\xfe\n{"id": NaN}\n{"id": 1e999}\n{"id": 2, "title": 3}\n{"id": 4.5}\n'
    found = _run(data, lambda record: {"id": record["id"], "title": jsonl.text_field(record, "title")})
    assert [line.get("id") for line in found] == [1, None, None, None, None, None, None, 2, 4.5]
    assert ["error" in line for line in found] == [False, True, True, True, True, True, True, True, False]
    assert found[1]["error"] == "line 2 is not JSON: Expecting value (character 1)"
    assert found[5]["error"] == "line 6 is not JSON: NaN is not a number"
    assert found[7]["error"] == "title must be a text, not int"


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


def _wirewatch(*arguments: str, stdin: int, stdout: int) -> tuple[int, str]:
    code = "from wirewatch.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr.strip()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_a_full_disk_is_said_without_a_traceback():
    with open("/dev/full", "w") as full:
        said = _wirewatch("parse-feed", "--jsonl", "/nowhere", stdin=subprocess.DEVNULL, stdout=full.fileno())
    assert said == (1, "wirewatch: the disk is full, make room and run it again")


def test_a_closed_standard_input_is_said_without_a_traceback(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(WirewatchError, match="standard input is closed"):
        next(iter(filters._lines_in()))
