"""What must hold of every tag and every row of evidence in a warehouse."""

from __future__ import annotations

from typing import Any

_WRONG_SPANS = """
select tag_id, n, term
from news.evidence join news.tag using (tag_id) join news.article_version using (article_id, version)
where field <> 'model'
    and term is distinct from substr(case field when 'title' then title else text end, start_at + 1, end_at - start_at)
"""
_WRONG_SUMS = """
select tag_id, score, sum(weight) from news.tag left join news.evidence using (tag_id)
group by tag_id having abs(score - coalesce(sum(weight), 0)) > 1e-9
"""
_WRONG_MENTIONS = """
select mention.* from news.mention join news.article_version using (article_id, version)
where end_at > length(case field when 'title' then title else text end)
"""
_COUNTS = """
select count(distinct tag_id), count(*) filter (where field <> 'model') from news.evidence
"""


def assert_evidence_holds(cursor: Any) -> tuple[int, int]:
    """Over all rows: each span selects its words in the stored text, and the weights add up to the score.

    Returns how many tags and how many spans there are.
    """
    for query in (_WRONG_SPANS, _WRONG_SUMS, _WRONG_MENTIONS):
        cursor.execute(query)
        assert cursor.fetchall() == []
    cursor.execute("select count(*) from news.tag")
    tags = cursor.fetchone()[0]
    cursor.execute(_COUNTS)
    explained, spans = cursor.fetchone()
    assert explained == tags, "a tag has no evidence"
    return tags, spans
