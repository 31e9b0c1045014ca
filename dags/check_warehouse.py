"""
### Checks the warehouse and tells about alarms

Every 10 minutes: runs the assertions of `sql/checks/` and looks at the machine. What does not hold becomes an alarm
(`select * from news.alarms where closed_at is null`), which says what to do and closes by itself. New alarms go out
as one message through the Airflow connections `wirewatch_smtp`, `wirewatch_slack` and `wirewatch_webhook`, whichever
exist; each alarm at most once a day.

* A check that finds something is an alarm, not a failed task.
* **check_data is red**: a check could not be run; its log names it.
* **send_alarms is red**: a mail server or webhook did not take the message; the next run tries again.
"""

from datetime import timedelta

from airflow.sdk import dag, task
from scheduling import counts, defaults, explained, settings, this_run, warehouse


@dag(schedule="*/10 * * * *", doc_md=__doc__, tags=["wirewatch"], **defaults(late_after=timedelta(minutes=30)))
def check_warehouse() -> None:
    @task
    def check_data() -> dict[str, int]:
        """Runs the checks; opens and closes alarms."""
        from wirewatch.alarms.checks import When
        from wirewatch.alarms.watching import check_data as check

        with warehouse() as opened:
            return counts(check(opened, settings(), When.CYCLE))

    @task(trigger_rule="all_done")
    @explained
    def send_alarms() -> dict[str, int]:
        """Tells the alarms that are due, one message for each channel."""
        from channels import channels

        from wirewatch.alarms.sending import send_alarms as send

        with warehouse() as opened:
            return counts(send(opened, channels(), told_by=this_run()))

    check_data() >> send_alarms()


check_warehouse()
