"""
### Re-tags the past after the rules changed

By hand (Trigger) after a topic file changed: articles whose tag was decided by other rules are tagged again, in
batches. Old tags are closed, never overwritten, so that what was believed before can still be asked.

Safe to stop and to run again: it goes on where it stopped.
"""

from datetime import timedelta

from airflow.sdk import Param, dag, task
from scheduling import counts, defaults, explained, settings, warehouse


@dag(
    schedule=None,
    doc_md=__doc__,
    tags=["wirewatch"],
    params={
        "topic": Param("us_china_military", type="string", description="name of the topic"),
        "since": Param(
            None, type=["null", "string"], format="date", description="only articles first seen since this day"
        ),
        "until": Param(
            None, type=["null", "string"], format="date", description="only articles first seen before this day"
        ),
    },
    **defaults(late_after=timedelta(hours=6)),
)
def relabel_articles():
    @task
    @explained
    def relabel(params=None) -> dict[str, int]:
        """Brings the topic files into force and re-tags what other rules decided."""
        from wirewatch.topics.labelling import relabel_topic

        with warehouse() as house:
            return counts(
                relabel_topic(house, settings(), params["topic"], since=params["since"], until=params["until"])
            )

    relabel()


relabel_articles()
