"""`wirewatch events --jsonl`."""

from __future__ import annotations

from tests.events.scene import articles, truth
from wirewatch.events.filters import events_lines
from wirewatch.jsonl import BadLine


def lines():
    return [
        {
            "id": article.id,
            "title": article.title,
            "text": article.text,
            "url": article.url,
            "outlet": article.outlet,
            "language": article.language,
            "published_at": article.published_at.isoformat(),
        }
        for article in articles()
    ]


def test_one_answer_for_each_line_in_their_order():
    given = lines()
    given.insert(2, BadLine(None, "line 3 is not JSON"))
    given.append({"id": "no text"})
    answers = list(events_lines(given))
    assert [answer["id"] for answer in answers] == [line["id"] if isinstance(line, dict) else None for line in given]
    assert answers[2] == {"id": None, "error": "line 3 is not JSON"}
    assert answers[-1] == {"id": "no text", "error": "text is missing"}
    good = [answer for answer in answers if "error" not in answer]
    assert all(set(answer) == {"id", "story", "event", "storyline"} for answer in good)
    same = {(a["id"], b["id"]) for a in good for b in good if a["event"] is not None and a["event"] == b["event"]}
    true = truth()
    assert same == {(a, b) for a in true for b in true if true[a] is not None and true[a] == true[b]}


def test_a_copy_shares_its_storys_event():
    text = " ".join(f"word{n} of the report on the shoal" for n in range(30))
    given = [
        {"id": name, "title": "Cutters sent to the shoals", "text": text, "url": f"https://{name}.example/",
         "outlet": name, "published_at": f"2026-03-05T0{hour}:00:00Z"}
        for hour, name in enumerate(("north", "south"), start=1)
    ]  # fmt: skip
    first, second = events_lines(given)
    assert (second["story"], second["event"]) == ("north", "north") == (first["story"], first["event"])


def test_an_undated_article_counts_as_published_with_the_one_before():
    given = lines()[:5]
    for line in given[1:]:
        del line["published_at"]
    assert {answer["event"] for answer in events_lines(given)} == {"r0"}
