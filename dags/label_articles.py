"""
### Labels new articles: copies, stories, topics

When there are new articles, and every 30 minutes: finds what each article copies and which story it belongs to, and
decides for each topic whether the article belongs to it, with the evidence. Rules that changed are announced to
`relabel_articles`, which brings the past up to date.

* **sync_topics is red**: a topic file is broken. Its log names every mistake with its line; until it is fixed the
  last good rules stay in force.
* Results: `news.stories`, `news.us_china_military`.
"""

from collections.abc import Iterator
from datetime import timedelta

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, Metadata, dag, task
from airflow.sdk.exceptions import AirflowSkipException
from scheduling import (
    ARTICLES,
    RULES,
    STORIES,
    counts,
    defaults,
    explained,
    owned_warehouse,
    settings,
    total,
    warehouse,
)


@dag(
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("15,45 * * * *", timezone="UTC"), assets=[ARTICLES]),
    doc_md=__doc__,
    tags=["wirewatch"],
    **defaults(late_after=timedelta(minutes=60)),
)
def label_articles() -> None:
    @task
    @explained
    def sync_topics() -> dict[str, int]:
        """Brings the topic files into force."""
        from wirewatch.topics.labelling import sync_topic_files

        with warehouse() as opened:
            return counts(sync_topic_files(opened, settings()))

    @task(outlets=[RULES])
    def announce_rules(synced: dict[str, int]) -> Iterator[Metadata]:
        """Tells relabel_articles that rules changed."""
        if not synced["changed"]:
            raise AirflowSkipException("the rules are those of before")
        yield Metadata(RULES, extra={**synced})

    @task
    def link_copies() -> dict[str, int]:
        """Finds copies and joins articles to stories."""
        from wirewatch.copies.linking import link_copies as link
        from wirewatch.topics.lexicons import lexicons

        with warehouse() as opened:
            return counts(link(opened, settings(), lambda: lexicons(opened, settings())))

    @task(trigger_rule="all_done")
    def tag_topics() -> dict[str, int]:
        """Tags articles by the rules in force, with evidence."""
        from wirewatch.topics.labelling import tag_topics as tag

        with warehouse() as opened:
            return counts(tag(opened, settings()))

    @task
    def close_entries() -> dict[str, int]:
        """Marks the entries whose articles are linked and tagged as labelled."""
        from wirewatch.ledger import close_entries as close

        with warehouse() as opened:
            return counts(close(opened))

    @task
    def refresh_views() -> None:
        """Brings the materialised views up to date."""
        from wirewatch.warehouse.tending import refresh_views as refresh

        with owned_warehouse() as opened:
            refresh(opened)

    @task(outlets=[STORIES])
    def announce(reports: list[dict[str, int]]) -> Iterator[Metadata]:
        """Tells who listens that stories changed; the counts stand in the asset event."""
        sums = total(reports)
        if not sums.get("labelled"):
            raise AirflowSkipException("no newly labelled entries")
        yield Metadata(STORIES, extra={**sums})

    topics, linked, tagged, closed = sync_topics(), link_copies(), tag_topics(), close_entries()
    # One after the other: both write to the article's row, and side by side each would only wait for the other.
    [topics, linked] >> tagged >> closed >> refresh_views()
    announce_rules(topics)  # type: ignore[arg-type] # what the task before gives, once it has run
    announce([linked, tagged, closed])  # type: ignore[list-item] # the same


label_articles()
