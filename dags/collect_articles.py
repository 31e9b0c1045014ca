"""
### Collects the articles behind new entries

When there are new entries, and every 5 minutes: fetches their pages politely (robots.txt, one visit per host at a
time), keeps each page raw in the archive, reads title, text, authors and dates from it, and stores the article.

* A task claims work for `WIREWATCH_BATCH_MINUTES`, so that one slow host holds up the others' next round no longer.
* It takes whatever waits in `ingest.entry`, whoever put it there; a lost asset event loses nothing.
* Every entry ends in a counted state: `select * from news.ledger` says why the dropped ones were dropped.
"""

from collections.abc import Iterator
from datetime import timedelta

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, Metadata, dag, task
from airflow.sdk.exceptions import AirflowSkipException
from scheduling import ARTICLES, ENTRIES, SHOWN, counts, defaults, settings, show_as, total, warehouse


@dag(
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("*/5 * * * *", timezone="UTC"), assets=[ENTRIES]),
    doc_md=__doc__,
    tags=["wirewatch"],
    **defaults(late_after=timedelta(minutes=60)),
)
def collect_articles() -> None:
    @task
    def plan() -> list[int]:
        """Which shards of hosts have entries that wait."""
        from wirewatch.articles.collecting import waiting_shards

        with warehouse() as opened:
            return waiting_shards(opened, settings().shards)

    @task(map_index_template=SHOWN)
    def collect(shard: int) -> dict[str, int]:
        """Fetches pages and reads articles of one shard of hosts."""
        from wirewatch.articles.collecting import collect_shard
        from wirewatch.warehouse.shards import waiting_shard_name

        with warehouse() as opened:
            show_as(waiting_shard_name(opened, shard, settings().shards))
            return counts(collect_shard(opened, settings(), shard, settings().shards))

    @task(outlets=[ARTICLES])
    def announce(reports: list[dict[str, int]]) -> Iterator[Metadata]:
        """Tells the next DAG that there are new articles or versions; the counts are in the asset event."""
        sums = total(reports)
        if not sums.get("extracted") and not sums.get("changed"):
            raise AirflowSkipException("no new articles, and no new versions")
        yield Metadata(ARTICLES, extra={**sums})

    announce(collect.expand(shard=plan()))  # type: ignore[arg-type] # what the task before gives, once it has run


collect_articles()
