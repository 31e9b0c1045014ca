-- The weights of a tag's evidence add up to its score.
-- mend: run the DAG relabel_articles; if it stays, the tagger is wrong, report it.
select tag.tag_id, 'score ' || tag.score || ' but evidence ' || coalesce(sum(evidence.weight), 0) as finding
from news.tag
left join news.evidence using (tag_id)
where tag.valid_to is null
group by tag.tag_id
having abs(tag.score - coalesce(sum(evidence.weight), 0)) > 1e-6;
