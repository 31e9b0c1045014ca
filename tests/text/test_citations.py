"""Who is cited."""

from __future__ import annotations

from pathlib import Path

import pytest

from wirewatch.text.citations import citations_in

CITED = [
    ("The minister told Reuters on Monday that the ship had left.", "Reuters", "statement"),
    ("“We saw it,” the captain said in an interview with the BBC.", "BBC", "statement"),
    ("A cable seen by the Associated Press names the port.", "AP", "document"),
    ("A draft of the accord, reviewed by the Financial Times, is shorter.", "Financial Times", "document"),
    ("The Global Times reported on Friday that the drill would go on.", "Global Times", "report"),
    ("According to him and, later, according to Xinhua, nobody was hurt.", "Xinhua", "report"),
    ("Yonhap news agency reported two launches.", "Yonhap", "report"),
    ("Two were held, Kyodo reported, citing the police.", "Kyodo", "report"),
    ("The plan was first reported by Axios.", "Axios", "report"),
    ("El buque salió, informó EFE desde el puerto.", "EFE", "report"),
    ("El ministro dijo a Reuters que no habría acuerdo.", "Reuters", "statement"),
    ("Según el diario El País, el acuerdo está cerca.", "El País", "report"),
    ("据新华社报道，该舰已离开港口。", "Xinhua", "report"),
    ("據中央社報導，該艦已離開港口。", "CNA", "report"),
    ("发言人对路透社表示，谈判仍在继续。", "Reuters", "statement"),
    ("该报援引《环球时报》的文章。", "Global Times", "report"),
]
NOT_CITED = [
    "BEIJING, June 3 (Xinhua) -- Ministers of both states met here.",
    "The Associated Press contributed to this report.",
    "By Jane Doe, Reuters",
    "Photo: Jane Doe/AFP via Getty Images",
    "The AP was founded in 1846.",
    "Reuters has an office in the capital.",
    "She told reporters that the ship had left.",
    "According to the ministry, nobody was hurt.",
    "新华社北京6月3日电",
    "Copyright 2026 The Associated Press",
]


@pytest.mark.parametrize(("text", "cited", "kind"), CITED)
def test_a_citation_is_found(text, cited, kind):
    found = citations_in(text)
    assert (cited, kind) in {(one.cited, one.kind) for one in found}
    assert all(text[one.start : one.end].strip() == text[one.start : one.end] for one in found)


@pytest.mark.parametrize("text", NOT_CITED)
def test_a_credit_or_a_mention_is_no_citation(text):
    assert citations_in(text) == []


def test_three_hundred_sentences():
    """What is found of what is cited, and what of what is found is cited: by sentences written for this test."""
    right = wrong = missed = 0
    lines = Path(__file__).with_name("citation_sentences.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    for said, sentence in rows:
        expected = set() if said == "-" else {tuple(one.rsplit(":", 1)) for one in said.split(";")}
        found = {(one.cited, one.kind) for one in citations_in(sentence)}
        right, wrong, missed = (
            right + len(found & expected),
            wrong + len(found - expected),
            missed + len(expected - found),
        )
    assert len(rows) == 300
    assert right / (right + wrong) >= 0.95
    assert right / (right + missed) >= 0.85
