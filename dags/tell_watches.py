"""
### Tells what watches found

Every 10 minutes: brings `watches.yaml` into force, and tells the new stories, events and bursts of each watch through
the Airflow connections `wirewatch_smtp`, `wirewatch_slack` and `wirewatch_webhook`, whichever exist; each story or
event once for each watch and channel, at once or in a daily digest.

* **sync_watches is red**: `watches.yaml` is broken. Its log names every mistake with its line; the watches stay as they
  were.
* **tell is red**: a mail server or webhook did not take a message; the next run sends it again, under the same number.
"""

from datetime import timedelta

from airflow.sdk import dag, task
from scheduling import counts, defaults, explained, settings, warehouse


@dag(schedule="5-59/10 * * * *", doc_md=__doc__, tags=["wirewatch"], **defaults(late_after=timedelta(minutes=30)))
def tell_watches() -> None:
    @task
    @explained
    def sync_watches() -> dict[str, int]:
        """Brings watches.yaml into force."""
        from wirewatch.watches.telling import sync_watch_file

        with warehouse() as opened:
            return counts(sync_watch_file(opened, settings()))

    @task(trigger_rule="all_done")
    @explained
    def tell() -> dict[str, int]:
        """Tells what is new, one message for each watch and channel."""
        from channels import channels

        from wirewatch.watches.telling import tell_watches as tell_all

        with warehouse() as opened:
            return counts(tell_all(opened, channels()))

    sync_watches() >> tell()


tell_watches()
