"""A first look at this release: independent reports a day, and who is copied most. Needs pyarrow."""

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

data = Path(__file__).parent / "data"
tagged = pq.read_table(data / "tagged.parquet").to_pylist()
days = Counter(row["day"] for row in tagged if row["relevance"] == "core" and row["is_origin"])
print("independent core reports")
for day in sorted(days):
    print(day, days[day])

outlets = {row["article_id"]: row["outlet"] for row in pq.read_table(data / "articles.parquet").to_pylist()}
reports = pq.read_table(data / "reports.parquet").to_pylist()
copied = Counter(outlets.get(row["source_article_id"]) for row in reports if row["source_article_id"] is not None)
print("copied most")
for outlet, copies in copied.most_common(5):
    print(outlet, copies)
