"""A warehouse full of synthetic articles: a year of stories, copies, edits, tags, evidence, mentions and polls.

Sentences are drawn from those of the bundled newsroom and from made-up ones with the word frequencies of a language;
nothing is downloaded. The same number of articles gives the same warehouse.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import psycopg2

from wirewatch.demo.sample_web.stories import articles as newsroom_articles
from wirewatch.settings import Settings
from wirewatch.topics.rules import load_topics
from wirewatch.warehouse.connection import json_value

END = datetime(2026, 10, 1, tzinfo=UTC)
START = END - timedelta(days=365)
TOPIC = "us_china_military"

_LANGUAGES = {"en": 0.72, "zh": 0.18, "es": 0.05, "fr": 0.05}
_LENGTH = 18, 7
"""Sentences of an article: mean and spread. In English that is 2,700 characters, in Chinese 700."""
_EDITED = 0.1
_MEMORY = 30_000
"""How many articles later a story may still be copied."""
_CORE, _RELATED = 0.04, 0.04
_EVENTS = (
    "talks", "exercise_deployment", "encounter_transit", "arms_sale_aid", "espionage_cyber", "sanction_control",
    "capability", "posture_alliance", "statement_warning", "other",
)  # fmt: skip
_PERSPECTIVES = ("us",) * 6 + ("prc", "prc", "taiwan", "taiwan", "japan", "asean", "asean", "europe", "europe", "other")
_COUNTRIES = {"us": "US", "prc": "CN", "taiwan": "TW", "japan": "JP", "asean": "SG", "europe": "GB", "other": "IN"}
_OUTLETS, _ENTITIES = 200, 150
_KINDS = ("actor",) * 5 + ("person",) * 4 + ("unit", "place", "place", "vessel", "weapon")
_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class _Article:
    """What is drawn of an article before its words."""

    id: int
    outlet: int
    language: str
    published: datetime
    story: int
    of: int | None
    """What it copies."""
    relevance: str
    event: str | None
    versions: int


def load(dsn: str, count: int) -> None:
    """Fills a migrated, empty warehouse."""
    drawn = _draw(random.Random(count), count)
    with closing(psycopg2.connect(dsn)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            # The loader's rows agree with each other: checking each would take longer than writing it.
            cursor.execute("set session_replication_role = replica; drop index news.article_search_words")
            _register(cursor)
            _copy_stories(cursor, drawn)
            _copy_words(cursor, dsn, drawn)
            _copy_tags(cursor, drawn)
            polls = 2 * count // _OUTLETS + 1
            cursor.execute(_DERIVED, {"start": START, "days": (END - START).days, "polls": polls})
            cursor.execute("set maintenance_work_mem = '512MB'")
            cursor.execute("create index article_search_words on news.article_search using gin (words)")
            cursor.execute("select ingest.refresh_timeline()")
            cursor.execute("refresh materialized view ingest.outlet_borrowing_data")
            cursor.execute("select news.refresh_story_topics(array(select story_id from news.story))")
            cursor.execute("vacuum analyze")


def _draw(chance: random.Random, count: int) -> list[_Article]:
    step = (END - START) / count
    languages, weights = list(_LANGUAGES), list(_LANGUAGES.values())
    drawn: list[_Article] = []
    for number in range(count):
        published = START + number * step
        language = chance.choices(languages, weights)[0]
        source = drawn[-1 - min(int(chance.expovariate(1 / 600)), number - 1)] if number else None
        if (
            source is not None
            and source.language == language
            and number - source.story < _MEMORY
            and chance.random() < 0.5
        ):
            story, relevance, event = source.story, source.relevance, source.event
        else:
            source, story = None, number + 1
            relevance = chance.choices(("core", "related", "none"), (_CORE, _RELATED, 1 - _CORE - _RELATED))[0]
            event = chance.choice(_EVENTS) if relevance == "core" else None
        outlet = 1 + min(int(chance.paretovariate(0.9)) - 1, _OUTLETS * 50) % _OUTLETS
        versions = 2 if chance.random() < _EDITED else 1
        drawn.append(
            _Article(number + 1, outlet, language, published, story, source and source.id, relevance, event, versions)
        )
    return drawn


@cache
def _word(language: str, rank: int) -> str:
    """The made-up word that is so frequent in a language; frequent ones are short."""
    chance = random.Random(f"{language}{rank}")
    return "".join(
        chance.choice(("bcdfghklmnprstvw", "aeiou")[n % 2]) for n in range(2 + min(rank, 3) + chance.randint(0, 5))
    )


class _Writer:
    """Sentences of the languages, most of them made up."""

    def __init__(self, chance: random.Random, made_up: int) -> None:
        self._chance = chance
        real: dict[str, list[str]] = {language: [] for language in _LANGUAGES}
        for article in newsroom_articles().values():
            real.setdefault(article.outlet.language[:2], []).extend(article.paragraphs)
        self._pool = {}
        for language in _LANGUAGES:
            known = real[language] or real["es"]
            self._pool[language] = known * (1 + made_up // 2 // len(known)) + [
                self._sentence(language) for _ in range(made_up)
            ]

    def _sentence(self, language: str) -> str:
        chance = self._chance
        if language == "zh":
            signs = (int(chance.paretovariate(0.35)) * 37 % 3500 for _ in range(chance.randint(18, 60)))
            return "".join(chr(0x4E00 + sign) for sign in signs) + "。"
        ranks = (int(chance.paretovariate(0.5)) % 60_000 for _ in range(chance.randint(10, 32)))
        return " ".join(_word(language, rank) for rank in ranks).capitalize() + "."

    def title(self, language: str) -> str:
        """A headline."""
        return self._chance.choice(self._pool[language])[:90].rstrip(".。")

    def text(self, language: str) -> str:
        """The text of an article."""
        sentences = self._chance.choices(self._pool[language], k=max(3, int(self._chance.gauss(*_LENGTH))))
        return "\n".join(sentences)


def _register(cursor) -> None:
    """Outlets, feeds, rules and entities."""
    for number in range(1, _OUTLETS + 1):
        perspective = _PERSPECTIVES[number % len(_PERSPECTIVES)]
        kind = "state_media" if perspective == "prc" else ("official", "wire", "newspaper", "broadcaster")[number % 4]
        cursor.execute(
            """
            with added as (
                insert into news.outlet (key, name, homepage, country, language, kind, ownership, perspective)
                values ('outlet_' || %(n)s, 'Outlet ' || %(n)s, 'https://outlet' || %(n)s || '.example/', %(country)s,
                    'en', %(kind)s, 'private', %(perspective)s)
                returning outlet_id
            )
            insert into ingest.feed (outlet_id, url, name, host, added_at, next_poll_at)
            select outlet_id, 'https://outlet' || %(n)s || '.example/feed', 'News', 'outlet' || %(n)s || '.example',
                %(start)s, %(start)s
            from added
            """,
            {"n": number, "country": _COUNTRIES[perspective], "kind": kind, "perspective": perspective, "start": START},
        )
    (topic,) = (topic for topic in load_topics(Settings().topics) if topic.name == TOPIC)
    cursor.execute(
        "insert into news.topic_rules (topic, version, title, content, in_force_from) values (%s, %s, %s, %s, %s)",
        (topic.name, topic.version, topic.title, json_value(topic.content), START),
    )
    for number in range(1, _ENTITIES + 1):
        cursor.execute(
            "insert into news.entity (key, kind, name, country) values (%s, %s, %s, %s)",
            (f"entity_{number}", _KINDS[number % len(_KINDS)], f"Entity {number}", ("US", "CN", "TW")[number % 3]),
        )


def _copy_stories(cursor, drawn: list[_Article]) -> None:
    """Articles, stories and the links between them."""
    sizes: dict[int, int] = {}
    for article in drawn:
        sizes[article.story] = sizes.get(article.story, 0) + 1
    _put(
        cursor,
        "news.article (article_id, outlet_id, url, url_key, version, first_seen_at, linked_at, tagged_at, story_id)",
        (
            (a.id, a.outlet, f"https://outlet{a.outlet}.example/{a.id}", f"outlet{a.outlet}.example/{a.id}", a.versions,
             a.published, a.published, a.published, a.story)
            for a in drawn
        ),
    )  # fmt: skip
    _put(
        cursor,
        "news.story (story_id, origin_article_id, origin_reason, updated_at)",
        (
            (a.id, a.id, "only_article" if sizes[a.id] == 1 else "earliest_published", a.published)
            for a in drawn
            if a.story == a.id
        ),
    )
    _put(
        cursor,
        "news.copy (article_id, of_article_id, kind, score, is_source, method, valid_from)",
        (
            (a.id, a.of, ("near", "syndicated", "identical")[a.id % 3], 0.8, True, "bench", a.published)
            for a in drawn
            if a.of
        ),
    )


def _copy_words(cursor, dsn: str, drawn: list[_Article]) -> None:
    """Versions: a copy has the words of its story, an edit adds a sentence. What is stored is filed meanwhile."""
    writer = _Writer(random.Random(len(drawn)), made_up=min(20_000, len(drawn) // 10))
    told: dict[int, tuple[str, str]] = {}

    def versions(articles: Iterable[_Article]) -> Iterator[tuple]:
        for a in articles:
            if a.of is None:
                told[a.story] = writer.title(a.language), writer.text(a.language)
            title, text = told[a.story]
            told.pop(a.id - _MEMORY - 1, None)
            for version in range(1, a.versions + 1):
                if version > 1:
                    text = text + "\n" + writer.title(a.language) + "."
                yield (a.id, version, title, text, f"{a.id}-{version}", a.published, "feed:published", a.language,
                       "Reuters" if a.id % 40 == 0 else None, "bench", a.published + timedelta(days=version - 1),
                       0.05 if version > 1 else None)  # fmt: skip

    def file(first: int) -> None:
        with closing(psycopg2.connect(dsn)) as connection, connection, connection.cursor() as own:
            own.execute(_FILE, {"first": first, "last": first + _CHUNK - 1})

    with ThreadPoolExecutor(2) as pool:
        filing = []
        for first in range(0, len(drawn), _CHUNK):
            _put(
                cursor,
                "news.article_version (article_id, version, title, text, text_digest, published_at, published_source,"
                " language, wire, extractor, extracted_at, diff_ratio)",
                versions(drawn[first : first + _CHUNK]),
            )
            filing.append(pool.submit(file, first + 1))
        for filed in filing:
            filed.result()
    cursor.execute(_FILE_COPIES)


def _copy_tags(cursor, drawn: list[_Article]) -> None:
    """Tags, evidence and mentions; of articles that don't belong to the topic a little too."""
    cursor.execute("select version from news.topic_rules")
    (rules,) = cursor.fetchone()
    chance = random.Random(len(drawn))
    amounts = {"core": (14, 9), "related": (8, 6), "none": (1, 1)}
    _put(
        cursor,
        "news.tag (tag_id, article_id, version, topic, rules_version, relevance, event, score, probability,"
        " valid_from)",
        (
            (a.id, a.id, a.versions, TOPIC, rules, a.relevance, a.event, 1.0, 0.9 if a.relevance == "core" else 0.1,
             a.published)
            for a in drawn
        ),
    )  # fmt: skip
    _put(
        cursor,
        "news.evidence_row (tag_id, n, rule, term, field, start_at, end_at, weight)",
        (
            (a.id, n, f"rule_{chance.randrange(400)}", "words of the article", "text", 40 * n, 40 * n + 20, 0.5)
            for a in drawn
            for n in range(1, amounts[a.relevance][0] + 1)
        ),
    )
    _put(
        cursor,
        "news.mention (article_id, version, topic, entity_id, field, start_at, end_at)",
        (
            (a.id, a.versions, TOPIC, 1 + int(chance.paretovariate(0.7)) % _ENTITIES, "text", 50 * n, 50 * n + 9)
            for a in drawn
            for n in range(amounts[a.relevance][1])
        ),
    )


_FILE = """
insert into news.article_search (article_id, version, outlet_id, reported_at, language, words)
select article.article_id, article.version, article.outlet_id, published_at, language,
    news.search_words(title, text, language)
from news.article
join news.article as origin on origin.article_id = article.story_id
join news.article_version as words on words.article_id = article.article_id and words.version = article.version
where article.article_id between %(first)s and %(last)s
  and (origin.version = 2 or article.version = 2 or origin.article_id = article.article_id)
"""

_FILE_COPIES = """
insert into news.article_search (article_id, version, outlet_id, reported_at, language, words)
select article.article_id, 1, article.outlet_id, article.first_seen_at, origin.language, origin.words
from news.article
join news.article_search as origin on origin.article_id = article.story_id and origin.version = 1
where article.version = 1 and article.story_id <> article.article_id
"""

_DERIVED = """
select ingest.make_poll_partitions((%(start)s)::date, (%(start)s)::date + %(days)s);
insert into ingest.entry (
    feed_id, identity, identity_kind, url, url_key, host, title, digest, first_seen_at, last_seen_at, state, state_at,
    reason, next_try_at, article_id
)
select outlet_id, copy || ' ' || url_key, 'guid', url, url_key, split_part(url_key, '/', 1), 'Title', 'd',
    first_seen_at, first_seen_at, case when copy = 1 then 'labelled' else 'dropped' end, first_seen_at,
    case when copy = 2 then 'not_article' end, first_seen_at, case when copy = 1 then article_id end
from news.article, generate_series(1, 2) as copy
where copy = 1 or article_id %% 20 = 0;
insert into ingest.poll (
    feed_id, polled_at, duration_ms, outcome, http_status, entries_listed, entries_new, health
)
select feed_id, %(start)s + at * %(days)s * interval '1 day' / %(polls)s + feed_id * interval '1 second', 200,
    case when (at + feed_id) %% 97 = 0 then 'unreachable' when at %% 3 = 0 then 'new_entries' else 'not_modified' end,
    200, 20, 1, 'healthy'
from ingest.feed, generate_series(0, %(polls)s - 1) as at;
insert into news.review (article_id, version, topic, relevance, reviewed_by, reviewed_at)
select article_id, version, topic, case when article_id %% 5 = 0 then 'none' else relevance end, 'editor', valid_from
from news.tag
where relevance <> 'none' and article_id %% 50 = 0;
select setval(pg_get_serial_sequence('news.article', 'article_id'), max(article_id)) from news.article;
select setval(pg_get_serial_sequence('news.story', 'story_id'), max(story_id)) from news.story;
select setval(pg_get_serial_sequence('news.tag', 'tag_id'), max(tag_id)) from news.tag;
"""


def _put(cursor, table: str, rows: Iterable[tuple]) -> None:
    cursor.copy_expert(f"copy {table} from stdin", _Lines(rows))


class _Lines(io.TextIOBase):
    """Rows as the file that COPY reads."""

    def __init__(self, rows: Iterable[tuple]) -> None:
        self._lines: Iterator[str] = map(_line, rows)
        self._rest = ""

    def read(self, size: int = -1) -> str:
        parts, length = [self._rest], len(self._rest)
        for line in self._lines:
            parts.append(line)
            length += len(line)
            if 0 <= size <= length:
                break
        text = "".join(parts)
        text, self._rest = (text, "") if size < 0 else (text[:size], text[size:])
        return text


_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"})
_field: Callable[[object], str] = lambda value: "\\N" if value is None else str(value).translate(_ESCAPES)  # noqa: E731


def _line(row: tuple) -> str:
    return "\t".join(map(_field, row)) + "\n"
