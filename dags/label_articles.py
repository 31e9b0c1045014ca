"""
### Labels new articles: copies, stories, topics

When there are new articles, and every 2 minutes: finds what each article copies and which story it belongs to, and
decides for each topic whether the article belongs to it, with the evidence; then which event each story tells of. It
takes every article that was read so far, and so does not wait for the slowest hosts of `collect_articles`. Rules come
into force in `poll_feeds`.

* Results: `news.stories`, `news.us_china_military`.
"""

from collections.abc import Iterator
from datetime import timedelta

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, Metadata, dag, task
from airflow.sdk.exceptions import AirflowSkipException
from scheduling import (
    ARTICLES,
    STORIES,
    counts,
    defaults,
    owned_warehouse,
    settings,
    total,
    warehouse,
)


@dag(
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("*/2 * * * *", timezone="UTC"), assets=[ARTICLES]),
    doc_md=__doc__,
    tags=["wirewatch"],
    **defaults(late_after=timedelta(minutes=60)),
)
def label_articles() -> None:
    @task
    def link_copies() -> dict[str, int]:
        """Finds copies and joins articles to stories."""
        from wirewatch.copies.linking import link_copies as link
        from wirewatch.topics.lexicons import lexicons

        with warehouse() as opened:
            return counts(link(opened, settings(), lambda: lexicons(opened, settings())))

    @task
    def find_events() -> dict[str, int]:
        """Finds the events and storylines that new stories tell of."""
        from wirewatch.events.assigning import assign_events

        with warehouse() as opened:
            return counts(assign_events(opened, settings()))

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
    def refresh_views(reports: list[dict[str, int]]) -> None:
        """Brings the materialised views up to date, when something changed."""
        if not any(total(reports).values()):
            raise AirflowSkipException("nothing changed")
        from wirewatch.warehouse.tending import refresh_views as refresh

        with owned_warehouse() as opened:
            refresh(opened)

    @task(outlets=[STORIES])
    def announce(reports: list[dict[str, int]]) -> Iterator[Metadata]:
        """Tells who listens that stories changed; the counts are in the asset event."""
        sums = total(reports)
        if not sums.get("labelled"):
            raise AirflowSkipException("no newly labelled entries")
        yield Metadata(STORIES, extra={**sums})

    linked, tagged, closed = link_copies(), tag_topics(), close_entries()
    # One after the other: both write to the article's row, and side by side each would only wait for the other.
    linked >> tagged >> closed
    refresh_views([linked, tagged, closed])  # type: ignore[list-item] # what the tasks before give, once they have run
    linked >> find_events()
    announce([linked, tagged, closed])  # type: ignore[list-item] # the same


label_articles()
