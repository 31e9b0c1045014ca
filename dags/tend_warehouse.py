"""
### Tends the warehouse

Every night: makes the partitions of the coming months, files for search what was stored before there was a search,
drops what `WIREWATCH_RETENTION` lets go, moves months older than `WIREWATCH_COLD_MONTHS` to files, and runs the checks
that read whole tables. What does not hold becomes an alarm: `select * from news.alarms where closed_at is null`.
"""

from datetime import timedelta

from airflow.sdk import dag, task
from scheduling import counts, defaults, owned_warehouse, settings, warehouse


@task(trigger_rule="all_done")
def cool_old_months() -> dict[str, int]:
    """Moves months older than WIREWATCH_COLD_MONTHS to files: none, unless it is set. See `wirewatch cold`."""
    from wirewatch.warehouse.cold import cool_old_months as cool

    with owned_warehouse() as opened:
        return counts(cool(opened, settings()))


@dag(schedule="20 2 * * *", doc_md=__doc__, tags=["wirewatch"], **defaults(late_after=timedelta(hours=2)))
def tend_warehouse() -> None:
    @task
    def make_partitions() -> dict[str, int]:
        """Makes the partitions of this month and the next three."""
        from wirewatch.warehouse.tending import make_partitions as make

        with owned_warehouse() as opened:
            return counts(make(opened))

    @task
    def file_words() -> dict[str, int]:
        """Files for search what was stored before there was a search."""
        from wirewatch.warehouse.tending import file_words as file

        with owned_warehouse() as opened:
            return counts(file(opened))

    @task(trigger_rule="all_done")
    def refresh_views() -> None:
        """Brings the views up to date that read everything that was ever collected."""
        from wirewatch.warehouse.tending import refresh_nightly_views as refresh

        with owned_warehouse() as opened:
            refresh(opened)

    @task(trigger_rule="all_done")
    def drop_expired() -> dict[str, int]:
        """Drops what WIREWATCH_RETENTION lets go: nothing, unless it is set. `wirewatch retention` says what."""
        from wirewatch.warehouse.retention import drop_expired as drop

        with owned_warehouse() as opened:
            return counts(drop(opened, settings()))

    @task(trigger_rule="all_done")
    def check_data() -> dict[str, int]:
        """Runs the nightly assertions of sql/checks/; opens and closes alarms."""
        from wirewatch.alarms.checks import When
        from wirewatch.alarms.watching import check_data as check

        with warehouse() as opened:
            return counts(check(opened, settings(), When.NIGHT))

    make_partitions() >> file_words() >> refresh_views() >> drop_expired() >> cool_old_months() >> check_data()


tend_warehouse()
