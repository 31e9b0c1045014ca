"""A plain script: feedparser, trafilatura, psycopg2. Both cores, one commit per article, no page is asked for twice.

    python -m bench.rivals.plain DSN FEED…

It is what Wirewatch's speed is compared with: no archive, no versions, no copies, no evidence, no limits against
hostile pages, no politeness beyond one page of a site at a time.
"""

from __future__ import annotations

import os
import sys
import urllib.request
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import feedparser
import psycopg2
import trafilatura

TABLE = "create table if not exists article (url text primary key, title text, author text, published text, body text)"
INSERT = "insert into article values (%s, %s, %s, %s, %s) on conflict do nothing"


def read_feed(dsn: str, feed: str) -> None:
    """Everything that one feed lists and the table has not."""
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        for entry in feedparser.parse(urllib.request.urlopen(feed, timeout=30).read()).entries:
            cursor.execute("select 1 from article where url = %s", (entry.link,))
            if cursor.fetchone():
                continue
            page = urllib.request.urlopen(entry.link, timeout=30).read()
            found = trafilatura.bare_extraction(page, url=entry.link, with_metadata=True, include_comments=False)
            if found is None:
                continue
            cursor.execute(INSERT, (entry.link, found.title, found.author, found.date, found.text))
            connection.commit()


def main() -> None:
    """All feeds, by as many processes as there are cores."""
    dsn, *feeds = sys.argv[1:]
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(TABLE)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(partial(read_feed, dsn), feeds))


if __name__ == "__main__":
    main()
