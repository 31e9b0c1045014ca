create view news.us_china_military as
select
    article.article_id,
    article.story_id,
    tag.relevance,
    tag.event,
    tag.probability,
    tag.score,
    article.reported_at,
    article.outlet,
    article.country,
    article.perspective,
    article.language,
    article.title,
    article.url,
    article.wire,
    article.article_id = story.origin_article_id and story.origin_kind is distinct from 'agency_not_collected' as is_origin,
    reasons.evidence,
    tag.rules_version,
    tag.valid_from as tagged_at,
    article.day,
    tag.event_also,
    tag.event_evidence
from news.tag
join news.articles as article using (article_id)
left join news.story using (story_id)
cross join lateral (
    select coalesce(jsonb_agg(
        jsonb_build_object(
            'rule', evidence.rule, 'term', evidence.term, 'field', evidence.field,
            'start', evidence.start_at, 'end', evidence.end_at, 'weight', evidence.weight
        ) order by abs(evidence.weight) desc, evidence.n
    ), '[]') as evidence
    from news.evidence_row as evidence
    where evidence.tag_id = coalesce(tag.evidence_of, tag.tag_id)
) as reasons
where tag.topic = 'us_china_military' and tag.relevance <> 'none' and tag.valid_to is null;
comment on view news.us_china_military is 'One row per article that is tagged core or related to US–China military affairs, with the evidence.';
comment on column news.us_china_military.article_id is 'Identity of the article.';
comment on column news.us_china_military.story_id is 'The story it belongs to.';
comment on column news.us_china_military.relevance is 'core: the article is about the topic; related: the topic plays a part.';
comment on column news.us_china_military.event is 'Event type of a core article: talks, encounter_transit, arms_sale_aid …';
comment on column news.us_china_military.probability is 'Calibrated probability of core.';
comment on column news.us_china_military.score is 'Sum of the evidence''s weights.';
comment on column news.us_china_military.reported_at is 'When it was published, or first seen.';
comment on column news.us_china_military.outlet is 'Short name of the outlet.';
comment on column news.us_china_military.country is 'Country of the outlet.';
comment on column news.us_china_military.perspective is 'Whose point of view the outlet writes from.';
comment on column news.us_china_military.language is 'Language of the article.';
comment on column news.us_china_military.title is 'Headline.';
comment on column news.us_china_military.url is 'Address.';
comment on column news.us_china_military.wire is 'Credited news agency.';
comment on column news.us_china_military.is_origin is 'It is the origin of its story: true counts independent reports.';
comment on column news.us_china_military.evidence is 'Why: [{rule, term, field, start, end, weight}], strongest first.';
comment on column news.us_china_military.rules_version is 'By which rules.';
comment on column news.us_china_military.tagged_at is 'Valid since.';
comment on column news.us_china_military.day is 'Day of reported_at, in UTC.';
comment on column news.us_china_military.event_also is 'A second event type, where that is likely too.';
comment on column news.us_china_military.event_evidence is 'For each of its event types the words that speak most for it: an array of {event, probability, evidence}.';
grant select on news.us_china_military to analyst;
