"""What must never be merged, ten cases of each kind, and short wire items that must be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from tests.copies.texts import own_text
from wirewatch.copies.filters import article_from_json
from wirewatch.copies.in_memory import link_all
from wirewatch.records import CopyKind

START = datetime(2026, 3, 2, 7, tzinfo=UTC)

TOPICS = [
    "Ferry strike enters second week as talks stall",
    "Museum buys lost painting of the harbour",
    "Orchard growers fear late frost in the valley",
    "Court hears case of the stolen lighthouse lamp",
    "Bakers' union rejects new flour standard",
    "Team wins the lake regatta after a protest",
    "New bridge opens with a walk for 900 children",
    "Doctors warn of a shortage of iodine tablets",
    "Old tram depot to become a school of music",
    "Volcano watchers lower the alert on Mount Hale",
]


def items(texts: list[str], titles: list[str], *, step: timedelta, outlet: str = "courier") -> list[dict]:
    words = len(" ".join(texts))
    return [
        {
            "id": f"{outlet}-{number}",
            "title": title,
            "text": text,
            "url": f"https://{outlet}.example/{number}-{words}",
            "outlet": outlet,
            "language": "en",
            "published_at": (START + number * step).isoformat(),
        }
        for number, (text, title) in enumerate(zip(texts, titles, strict=True))
    ]


CAPTION = (
    "Ada Brandvold speaks to reporters at the quay in Port Alma on a grey morning in November of last year, file photo."
)
ABOUT = (
    "The Courier has told the coast what happens since 1911. We have no owner but our readers, and our reporters "
    "work in six harbours. Write to us if you know what others should know."
)
GALLERY = "\n".join(
    f"A crowd at gate {n} of the old market, seen from the tower. (AP Photo/Jane Doe)" for n in range(30)
)
EPISODE = (
    "Each week the Harbour Table brings four guests together who talk about the sea, the price of fish and what the "
    "tide has left on the shore. Listen wherever you find your programmes, and tell a friend of it."
)
LETTER = (
    "Welcome to the Courier's Morning Tide newsletter, which brings you the news of the coast before breakfast. Today: "
    "what the council decided, where the nets were full, and a recipe with mussels."
)
LIVE = own_text(40, 6)
DEALS = "In today's Quay Bargains we show you things that may be useful in your kitchen. See our shop for all of them."

TRAPS = {
    "one caption under ten headlines": items([CAPTION] * 10, TOPICS, step=timedelta(hours=3)),
    "a self-description as the whole text": items([ABOUT] * 10, TOPICS, step=timedelta(hours=30)),
    "a gallery of old captions": items([GALLERY] * 10, TOPICS, step=timedelta(hours=5)),
    "weekly episodes of one show": items(
        [EPISODE] * 10, [f"The Harbour Table: {topic}" for topic in TOPICS], step=timedelta(days=7)
    ),
    "songs of one session": items(
        [EPISODE] * 10,
        [f"Quayside Sessions: Mara Lind performs “{topic}”" for topic in TOPICS],
        step=timedelta(minutes=1),
    ),
    "newsletters with a standing text": items([LETTER] * 10, TOPICS, step=timedelta(days=1)),
    "round-ups of every day": items(
        [f"{own_text(60, 3)}\n{own_text(70 + n, 2)}" for n in range(10)],
        [f"Border war briefing: {topic}" for topic in TOPICS],
        step=timedelta(days=1),
    ),
    "daily lists": items(
        [f"{own_text(61, 3)}\n{own_text(80 + n, 1)}" for n in range(10)],
        [f"Border war: list of key events, day {1200 + n}" for n in range(10)],
        step=timedelta(days=1),
    ),
    "quizzes": items(
        [f"{own_text(62, 3)}\nQuestion {n} is about the sea." for n in range(10)],
        [f"News quiz: {topic}" for topic in TOPICS],
        step=timedelta(days=7),
    ),
    "live pages of every day": items(
        [f"{LIVE}\n{own_text(90 + n, 2)}" for n in range(10)],
        [f"{topic} – live updates" for topic in TOPICS],
        step=timedelta(days=1),
    ),
    "one standing sentence as a summary": items(
        [DEALS] * 10, ["Bargains from the Quay that may be useful"] * 10, step=timedelta(days=1)
    ),
    "short reports that share a frame": items(
        [f"{topic}. Read more on our site and follow us for the news of the coast." for topic in TOPICS],
        TOPICS,
        step=timedelta(hours=1),
    ),
}


def joined(given: list[dict]) -> set[frozenset[str]]:
    stories: dict[object, list[str]] = {}
    for linked in link_all([article_from_json(item) for item in given]):
        stories.setdefault(linked.story.article, []).append(linked.article)
    return {frozenset(pair) for own in stories.values() for pair in combinations(own, 2)}


@pytest.mark.parametrize("kind", TRAPS)
def test_a_site_s_formats_are_never_merged(kind):
    assert len(TRAPS[kind]) >= 10
    assert joined(TRAPS[kind]) == set()


def test_a_round_up_and_the_report_in_it_are_two_stories():
    report = own_text(200, 8)
    given = items([report], ["Council adopts a plan for the harbour wall"], step=timedelta(0), outlet="agency")
    given += items(
        [f"{report}\n{own_text(201, 3)}"], ["Morning briefing: a wall, a tram and a quarrel"], step=timedelta(0)
    )
    assert joined(given) == set()
    (first, second) = link_all([article_from_json(item) for item in given])
    assert [link.kind for link in (*first.links, *second.links)] == [CopyKind.PARTIAL]


def test_one_report_under_two_headlines_of_a_site_is_no_identical_copy():
    report = own_text(210, 20)
    given = items([report] * 2, TOPICS[:2], step=timedelta(hours=2))
    found = link_all([article_from_json(item) for item in given])
    assert [link.kind for one in found for link in one.links] == [CopyKind.UPDATE]


# Short items of a wire, as two publishers print them

FLASHES = [
    ("Norland's navy escorts survey ship out of the Gull Shoals, minister says", 0, 3),
    ("Vestria recalls ambassador from Norland after boarding of survey ship", 5, 40),
    ("Six fishermen rescued after trawler sinks off Kettle Bay in heavy snow", 0, 9),
    ("Merrow council votes 23 to 20 for tram line to the new hospital", 2, 180),
    ("Central bank of Norland leaves key rate unchanged at 3.5 per cent", 0, 1),
    ("Two climbers found alive on Mount Hale after nine days in the ice", 0, 55),
    ("President Lindqvist to visit Port Alma for talks on fishing rights", 0, 300),
    ("Ferry company Nordlinje cancels 40 crossings because of the storm", 1, 12),
    ("Court in Alma orders release of the survey ship's captain on bail", 0, 25),
    ("Norland and Vestria agree to resume talks on surveys in April", 0, 600),
    ("Earthquake of magnitude 5.9 shakes islands north of Kettle Bay, no damage", 0, 2),
    ("Opposition leader Ada Brandvold calls early election in Norland for June", 0, 17),
]


def flash_pairs() -> list[list[dict]]:
    """Each flash at two outlets: the same headline, and the same first sentence or another summary."""
    pairs = []
    for number, (title, words, minutes) in enumerate(FLASHES):
        same = f"{title.rstrip('.')}, officials said on Monday."
        other = f"{own_text(300 + number, 1).split('.')[0]}, it was said on Monday." if number % 2 else same
        pair = items([same], [title], step=timedelta(0), outlet=f"north{number}")
        pair += items([other], [title if words == 0 else title.title()], step=timedelta(0), outlet=f"south{number}")
        pair[1]["published_at"] = (START + timedelta(minutes=minutes)).isoformat()
        pairs.append(pair)
    return pairs


REHEADLINED = [
    ("Norland's navy escorts a survey ship out of the Gull Shoals, minister says",
     "Norland's Navy Escorts Survey Ship Out of Gull Shoals, Minister Says"),
    ("Vestria recalls its ambassador from Norland after the boarding of a survey ship",
     "Vestria recalls ambassador from Norland after boarding of survey ship"),
    ("Ferry company Nordlinje cancels 40 crossings because of storm",
     "Ferry Company Nordlinje Cancels 40 Crossings Because of the Storm"),
]  # fmt: skip
OPENINGS = [
    "Eleven sailors of a survey ship that ran aground on the Gull Shoals in heavy fog last week were flown home",
    "The council of Merrow has voted after nine hours of debate for a tram line to the new hospital by a margin of",
    "A climber who was lost on Mount Hale for nine days has told her rescuers that she lived on melted snow and",
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), REHEADLINED)
def test_a_long_headline_may_lose_its_small_words(one, other):
    given = items(["Officials said so on Monday."], [one], step=timedelta(0), outlet="north")
    given += items([own_text(420, 1)], [other], step=timedelta(0), outlet="south")
    assert len(joined(given)) == 1


def test_the_same_words_in_another_order_are_another_headline():
    given = items([own_text(421, 1)], ["Ada Brandvold, leader of the opposition, former minister of ports, dies at 96"],
                  step=timedelta(0), outlet="north")  # fmt: skip
    given += items([own_text(422, 1)], ["Leader of opposition Ada Brandvold, former minister of the ports, dies at 96"],
                   step=timedelta(0), outlet="south")  # fmt: skip
    assert joined(given) == set()


@pytest.mark.parametrize("opening", OPENINGS)
def test_texts_that_begin_with_the_same_words_are_one_report(opening):
    subject = " ".join(opening.split()[:14])
    given = items([f"{opening} Monday."], [f"{subject} at last"], step=timedelta(0), outlet="north")
    given += items([f"PORT ALMA (Wire) - {opening} Tuesday, more than two days after the news."],
                   [f"{subject}, officials say"], step=timedelta(0), outlet="south")  # fmt: skip
    assert len(joined(given)) == 1
    given[1]["title"] = "Museum buys lost painting"
    assert joined(given) == set()


def test_the_opening_of_a_programme_is_not_the_programme():
    given = items([EPISODE] * 2, ["Open: This is the Harbour Hour, March 2", "3/2: The Harbour Hour"],
                  step=timedelta(hours=2))  # fmt: skip
    assert joined(given) == set()


def test_short_wire_items_are_found_and_nothing_else():
    pairs = flash_pairs()
    found = joined([item for pair in pairs for item in pair])
    true = {frozenset(item["id"] for item in pair) for pair in pairs}
    assert len(found & true) >= 0.8 * len(true)
    assert found <= true


NOT_ONE = [
    ("Israeli strike kills 9 in northern town, medics say today",
     "Israeli strike kills 13 in northern town, medics say today", 0),
    ("What we know about the sinking of the survey ship",
     "What we know about the sinking of the survey ship", 0),
    ("Markets open lower",
     "Markets open lower", 0),
    ("Norland's navy escorts survey ship out of the Gull Shoals",
     "Norland's navy escorts survey ship out of the Gull Shoals", 72),
    ("Norland's prime minister resigns after vote on the budget",
     "Norland's prime minister survives vote on the budget", 0),
    ("Court frees captain of survey ship in Alma on bail",
     "Court jails captain of survey ship in Alma for a year", 0),
    ("Storm closes the port of Alma and its two airports",
     "Storm closes the port of Kettle Bay and two schools", 0),
    ("Ferry strike enters second week as talks stall",
     "Rail strike enters second week as talks stall again", 1),
    ("Bank of Norland cuts key rate to 3.25 per cent",
     "Bank of Norland leaves key rate at 3.5 per cent", 0),
    ("Six fishermen rescued after trawler sinks off Kettle Bay",
     "Six fishermen missing after trawler sinks off Kettle Bay", 0),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "hours"), NOT_ONE)
def test_short_items_that_only_look_alike_stay_apart(one, other, hours):
    given = items([own_text(400, 1)], [one], step=timedelta(0), outlet="north")
    given += items([own_text(401, 1)], [other], step=timedelta(0), outlet="south")
    given[1]["published_at"] = (START + timedelta(hours=hours, minutes=5)).isoformat()
    assert joined(given) == set()
