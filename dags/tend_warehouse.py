"""
### Tends the warehouse

Every night: makes the partitions of the coming months and checks the data. A failed check fails the task: its log
names each check, what it found and the mend.
"""

from datetime import timedelta

from airflow.sdk import dag, task
from scheduling import counts, defaults, warehouse


@dag(schedule="20 2 * * *", doc_md=__doc__, tags=["wirewatch"], **defaults(late_after=timedelta(hours=2)))
def tend_warehouse():
    @task
    def make_partitions() -> dict[str, int]:
        """Makes the partitions of this month and the next three."""
        from wirewatch.warehouse.tending import make_partitions as make

        with warehouse() as house:
            return counts(make(house))

    @task(retries=0)
    def check_data() -> dict[str, int]:
        """Runs the assertions of sql/checks/."""
        from wirewatch.warehouse.tending import check_data as check

        with warehouse() as house:
            return counts(check(house))

    make_partitions() >> check_data()


tend_warehouse()
