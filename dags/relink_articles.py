"""
### Looks for the copies of past articles again when an upgrade changed how they are found

Every night, and by hand (Trigger) after an upgrade: articles whose fingerprint another version of the method made are
read again, a hundred at a time, and their links and stories corrected. Links that no longer hold are closed, never
deleted. With nothing to do it ends in a second.

* Safe to stop and to run again: it goes on where it stopped. New articles are linked meanwhile as ever.
* `wirewatch relink` does the same from the command line.
"""

from datetime import timedelta

from airflow.sdk import dag, task
from scheduling import counts, defaults, settings, warehouse


@dag(schedule="10 4 * * *", doc_md=__doc__, tags=["wirewatch"], **defaults(late_after=timedelta(hours=6)))
def relink_articles() -> None:
    @task
    def relink() -> dict[str, int]:
        """Links again what another version of the method fingerprinted."""
        from wirewatch.copies.linking import relink_outdated
        from wirewatch.topics.lexicons import lexicons

        with warehouse() as opened:
            return counts(relink_outdated(opened, lambda: lexicons(opened, settings())))

    relink()


relink_articles()
