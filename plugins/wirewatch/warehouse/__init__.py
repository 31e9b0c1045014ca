"""The warehouse: the only place that talks to Postgres.

    with warehouse.transaction() as rows:
        feed = rows.get_feed(feed_id=7)

Every query has a name and a description in `sql/queries/`; there is no SQL in Python.
"""

from wirewatch.warehouse.connection import Transaction, Warehouse

__all__ = ["Transaction", "Warehouse"]
