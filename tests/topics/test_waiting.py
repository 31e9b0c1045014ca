"""Tagging waits for who holds an article; it never passes one over."""

from __future__ import annotations

import threading
import time

import psycopg2

from wirewatch.topics.labelling import sync_topic_files, tag_topics


def test_articles_held_by_linking_are_tagged_all_the_same(warehouse, database, settings, put):
    put("https://a.example/1", "US and Chinese officials met in Beijing to talk about ships.")
    sync_topic_files(warehouse, settings)
    holder = psycopg2.connect(database)
    with holder.cursor() as cursor:
        cursor.execute("select 1 from news.article for update")
    release = threading.Timer(1.5, holder.commit)
    release.start()
    begun = time.monotonic()
    report = tag_topics(warehouse, settings)
    release.join()
    holder.close()
    assert report.tagged == 1
    assert time.monotonic() - begun > 1
