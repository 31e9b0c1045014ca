"""Recordings from archives: what each step serves, and what no step does. The archives are written here."""

from __future__ import annotations

import base64
import gzip
import io
import json
import tarfile
from pathlib import Path

from tests.soak.recorded import material
from tests.soak.recorded.items import read_items


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def rss(*numbers: int, site: str = "https://www.paper.example") -> bytes:
    items = "".join(f"<item><guid>{n}</guid><link>{site}/{n}</link></item>" for n in numbers)
    return f"<rss><channel><link>{site}/</link>{items}</channel></rss>".encode()


def keys(recording: material.Recording, step: int, feed: int = 0) -> list[str]:
    return [item.key for item in read_items(recording.feeds[feed].document(step))]


def test_successive_polls_are_served_in_order_and_a_missing_one_repeats_the_last(tmp_path):
    polls = {
        "wsj_world/2025-09-18T0400.xml": rss(2, 1),
        "wsj_world/2025-09-17T1600.xml": rss(1),
        "wsj_world/2025-09-19T0400.xml": rss(3, 2),
        "nyt_econ/2025-09-17T1600.xml": rss(7),
        "nyt_econ/2025-09-19T0400.xml": rss(8),
    }
    recording = material.successive_polls(archive(tmp_path / "polls.tar.gz", polls))
    assert recording.steps == 3
    assert [keys(recording, step) for step in range(3)] == [["1"], ["2", "1"], ["3", "2"]]
    assert [keys(recording, step, feed=1) for step in range(3)] == [["7"], ["7"], ["8"]]
    assert "www.paper.example" in recording.hosts


def row(number: int, seen: str, feed: str = "https://feeds.paper.example/news?format=rss") -> dict:
    return {
        "source_url": feed,
        "link": f"https://www.paper.example/{number}?a=1&b=2",
        "title": f"Story <{number}> & more",
        "description": "A \x0bship.",
        "date_created": seen,
        "date_published": "2026-01-01T08:00:00+00:00",
    }


def test_each_step_of_the_ten_days_lists_the_newest_that_were_seen_by_then(tmp_path):
    rows = [row(n, f"2026-01-01T{n:02}:00:00+00:00") for n in (1, 2, 3, 13)]
    days = archive(tmp_path / "days.tar.gz", {"2026/a.json": json.dumps(rows[::-1]).encode()})
    recording = material.ten_days(days, window=2)
    assert recording.steps == 2
    assert keys(recording, 0) == [f"https://www.paper.example/{n}?a=1&b=2" for n in (3, 2)]
    assert keys(recording, 1) == [f"https://www.paper.example/{n}?a=1&b=2" for n in (13, 3)]
    assert recording.missed == 1
    assert recording.hosts == {"feeds.paper.example", "www.paper.example"}
    assert recording.feeds[0].path == "/news?format=rss"
    newest = read_items(recording.feeds[0].document(1))[0]
    assert (newest.title, newest.body) == ("Story <13> & more", "A ship.")


def test_publishers_documents_are_at_their_site_and_served_as_they_are(tmp_path):
    documents = {"real/b.xml": rss(1, site="https://b.example"), "real/a.xml": rss(1, site="http://localhost:8090")}
    recording = material.real_publishers(archive(tmp_path / "real.tar.gz", documents))
    assert [(feed.host, feed.path) for feed in recording.feeds] == [("a.example", "/a.xml"), ("b.example", "/b.xml")]
    assert recording.feeds[1].document(0) == recording.feeds[1].document(1) == documents["real/b.xml"]


def test_real_pages_are_listed_by_a_feed_and_served_as_they_are(tmp_path):
    page = "<title>Größe</title>".encode("latin-1")
    rows = tmp_path / "pages.jsonl.gz"
    with gzip.open(rows, "wt", encoding="utf-8") as file:
        entry = {"id": "set/at/The_Paper/V1", "title": "Größe", "published": "2024-11-22 06:57:50+01:00"}
        file.write(json.dumps(entry | {"html_base64": base64.b64encode(page).decode()}) + "\n")
    recording = material.real_pages(rows)
    assert recording.pages == {("the-paper.at.example", "/V1.html"): page}
    assert keys(recording, 0) == ["https://the-paper.at.example/V1.html"]
