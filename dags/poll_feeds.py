"""
### Polls the feeds that are due

Every 5 minutes: brings `feeds.yaml` and the topic files into force, claims the feeds whose next poll is due, and polls
them, each host by one task at a time. New entries go into `ingest.entry`; each visit is kept in `ingest.poll`. Rules
that changed are announced to `relabel_articles`, which brings the past up to date.

* A feed that is down is data, not a failed task: see `select * from news.feed_health`.
* **sync_registry is red**: `feeds.yaml` is broken. Its log names every mistake with its line; until it is fixed the
  last good registry stays in force and polling goes on.
* **sync_topics is red**: a topic file is broken, in the same way.
"""

from collections.abc import Iterator
from datetime import timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import Metadata, dag, task
from airflow.sdk.exceptions import AirflowSkipException
from scheduling import ENTRIES, RULES, SHOWN, counts, defaults, explained, settings, show_as, total, warehouse


@dag(schedule="*/5 * * * *", doc_md=__doc__, tags=["wirewatch"], **defaults(late_after=timedelta(minutes=30)))
def poll_feeds() -> None:
    @task
    @explained
    def sync_registry() -> dict[str, int]:
        """Brings feeds.yaml into force."""
        from wirewatch.feeds.polling import sync_feeds_file

        with warehouse() as opened:
            return counts(sync_feeds_file(opened, settings()))

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

    @task(trigger_rule="all_done")
    def plan() -> list[int]:
        """Which shards of hosts have feeds that are due; what a clock that went back left waiting is due too."""
        from wirewatch.feeds.polling import due_shards
        from wirewatch.warehouse.tending import undo_clock_jump

        with warehouse() as opened:
            undo_clock_jump(opened)
            return due_shards(opened, settings().shards)

    @task(map_index_template=SHOWN)
    def poll(shard: int) -> dict[str, int]:
        """Polls the due feeds of one shard of hosts."""
        from wirewatch.feeds.polling import poll_shard
        from wirewatch.warehouse.shards import due_shard_name

        with warehouse() as opened:
            show_as(due_shard_name(opened, shard, settings().shards))
            return counts(poll_shard(opened, settings(), shard, settings().shards))

    @task(outlets=[ENTRIES])
    def announce(reports: list[dict[str, int]]) -> Iterator[Metadata]:
        """Tells the next DAG that there are new entries; the counts are in the asset event."""
        sums = total(reports)
        if not sums.get("entries_new") and not sums.get("entries_changed"):
            raise AirflowSkipException("no new entries")
        yield Metadata(ENTRIES, extra={**sums})

    registry, planned = sync_registry(), plan()
    # A broken file ends its own branch, and so turns the run red; polling goes on with what was last in force.
    registry >> [planned, EmptyOperator(task_id="registry_in_force", on_execute_callback=None)]
    announce_rules(sync_topics())  # type: ignore[arg-type] # as below
    announce(poll.expand(shard=planned))  # type: ignore[arg-type] # what the task before gives, once it has run


poll_feeds()
