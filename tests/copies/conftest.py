"""Articles put straight into the warehouse, as the collecting stage leaves them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)


@pytest.fixture
def put(cursor) -> Callable[..., int]:
    """Stores an article or, under an address that has one, its next version; returns its id."""

    def store(
        url: str,
        text: str,
        *,
        title: str = "A headline of its own",
        outlet: str = "ledger",
        published: datetime | None = None,
        seen: datetime = NOW,
        language: str = "en",
        wire: str | None = None,
        canonical: str | None = None,
    ) -> int:
        from wirewatch.text.urls import url_key

        cursor.execute(
            """
            insert into news.outlet (key, name, country, language, kind, ownership, perspective)
            values (%s, %s, 'US', 'en', 'newspaper', 'private', 'us') on conflict (key) do nothing
            """,
            [outlet, outlet.title()],
        )
        cursor.execute(
            """
            with known as (
                update news.article set version = version + 1, linked_at = null where url_key = %(key)s
                returning article_id, version
            ), added as (
                insert into news.article (outlet_id, url, url_key, canonical_key, first_seen_at)
                select outlet_id, %(url)s, %(key)s, %(canonical_key)s, %(seen)s from news.outlet
                where key = %(outlet)s and not exists (select from known)
                returning article_id, version
            )
            insert into news.article_version (
                article_id, version, title, text, text_digest, published_at, published_source, language, canonical_url,
                wire, extractor, extracted_at
            )
            select article_id, version, %(title)s, %(text)s, md5(%(text)s), %(published)s,
                case when %(published)s::timestamptz is not null then 'html:json-ld' end, %(language)s, %(canonical)s,
                %(wire)s, 'tests', %(seen)s
            from (table known union all table added) as article
            returning article_id
            """,
            {
                "key": url_key(url),
                "url": url,
                "canonical_key": url_key(canonical) if canonical else None,
                "canonical": canonical,
                "seen": seen,
                "outlet": outlet,
                "title": title,
                "text": text,
                "published": published,
                "language": language,
                "wire": wire,
            },
        )
        return cursor.fetchone()[0]

    return store
