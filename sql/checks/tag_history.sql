-- A tag takes the place of one tag of the same article and topic, which ended when it began.
-- mend: none by hand; tags were written by something else than the labelling stage.
select tag.tag_id, 'replaces ' || before.tag_id || ', which was in force until ' || coalesce(before.valid_to::text, 'now') as finding
from news.tag
join news.tag as before on before.tag_id = tag.replaces
where before.valid_to is null
    or before.valid_to > tag.valid_from
    or (before.article_id, before.topic) <> (tag.article_id, tag.topic)
    or (tag.evidence_of is not null
        and (before.relevance, before.event, before.score, before.version)
            is distinct from (tag.relevance, tag.event, tag.score, tag.version));
