"""A warehouse whose outlets are hostile: payloads wherever text of the web is kept."""

from __future__ import annotations

from urllib.parse import quote

import psycopg2

from tests.newsroom.payloads import PAYLOADS

_STORY = """
with outlet as (
    insert into news.outlet (key, name, country, language, kind, ownership, perspective)
    values ('hostile_' || %(n)s, %(bad)s, 'US', 'en', 'newspaper', %(bad)s, 'us') returning outlet_id
), article as (
    insert into news.article (outlet_id, url, url_key, first_seen_at, version)
    select outlet_id, %(url)s, 'hostile/' || %(n)s, now(), 2 from outlet returning article_id
), version as (
    insert into news.article_version (
        article_id, version, title, text, text_digest, authors, published_at, published_source, language, section, wire,
        dateline, extractor, extracted_at
    )
    select article_id, version, %(bad)s || ' ' || version, 'Lead ' || %(bad)s || E'\n' || version || %(bad)s, 'x',
        array[%(bad)s], now() - make_interval(mins => %(n)s), 'feed:published', %(bad)s, %(bad)s, %(bad)s, %(bad)s,
        'tests', now()
    from article cross join (values (1), (2)) as versions (version)
), story as (
    insert into news.story (origin_article_id, origin_reason, updated_at)
    select article_id, 'only_article', now() from article returning story_id, origin_article_id
)
select story_id, origin_article_id from story
"""
_TAG = """
with tag as (
    insert into news.tag (
        article_id, version, topic, rules_version, relevance, event, score, probability, valid_from
    )
    select %(article)s, 2, topic, version, 'core', 'talks', 1.5, 0.5, now() from news.topic_rules limit 1
    returning tag_id
), spanned as (
    insert into news.evidence_row (tag_id, n, rule, term, field, start_at, end_at, weight)
    select tag_id, n, %(bad)s, %(bad)s, field, 2, 9, 1.5
    from tag cross join (values (1, 'title'), (2, 'text')) as e (n, field)
)
insert into news.evidence_row (tag_id, n, rule, term, field, weight)
select tag_id, 3, %(bad)s, %(bad)s, 'model', -1.5 from tag
"""
_REST = """
insert into news.review (article_id, version, topic, relevance, note, reviewed_by)
select %(article)s, 1, topic, 'core', %(bad)s, %(bad)s from news.topic_rules limit 1;
insert into ingest.feed (outlet_id, url, name, host, added_at, next_poll_at, health, health_since, last_error, moved_to)
select outlet_id, %(url)s, %(bad)s, 'evil.invalid', now(), 'infinity', 'not_a_feed', now(), %(bad)s, %(bad)s
from news.article where article_id = %(article)s;
insert into ingest.alarm (check_name, subject, severity, meaning, finding, mend, opened_at, last_seen_at)
values (%(bad)s, %(bad)s, 'critical', %(bad)s, %(bad)s, %(bad)s, now(), now());
insert into ingest.entry (
    feed_id, identity, identity_kind, title, digest, first_seen_at, last_seen_at, state, state_at, reason, detail,
    next_try_at
)
select feed_id, 'hostile', 'hash', %(bad)s, 'x', now(), now(), 'dropped', now(), 'no_url', %(bad)s, now()
from ingest.feed where url = %(url)s;
"""


_EVENT = """
insert into news.event_member (story_id, event_id, kernel_id, storyline_id, reason, score, terms, method, valid_from)
values (%(story)s, %(story)s, %(story)s, %(story)s, 'same_words', 1, array[%(bad)s], 'tests', now());
insert into news.event_reading (
    story_id, article_id, version, method, event_at, format, statement, follows, title_terms, terms, weights
)
values (%(story)s, %(article)s, 2, 'tests', now(), 'news', false, false, '{}', array['place ' || %(bad)s], '{1}');
insert into news.entity (key, kind, name, country) values (%(bad)s, %(bad)s, %(bad)s, %(bad)s);
insert into news.mention (article_id, version, topic, entity_id, role, field, start_at, end_at)
select %(article)s, 2, topic, entity_id, %(bad)s, 'text', 5, 9
from news.entity cross join (select topic from news.topic_rules limit 1) as one where key = %(bad)s;
"""


def put_hostile_stories(dsn: str) -> list[int]:
    """Stores a story for each payload, which is its headline, text, author, outlet, address …; gives their ids."""
    stories = []
    connection = psycopg2.connect(dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute("delete from ingest.alarm")
        for n, bad in enumerate(PAYLOADS, start=1):
            values = {"n": n, "bad": bad, "url": f"https://evil.invalid/{n}?q={quote(bad)}#{bad}"}
            cursor.execute(_STORY, values)
            story, article = cursor.fetchone()
            stories.append(story)
            cursor.execute("update news.article set story_id = %s where article_id = %s", (story, article))
            values["article"] = article
            cursor.execute(_TAG, values)
            cursor.execute(_REST, values)
            cursor.execute(_EVENT, {**values, "story": story})
    connection.close()
    return stories
