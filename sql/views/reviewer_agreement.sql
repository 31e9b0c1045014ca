-- One row per topic and pair of reviewers: on how many articles both said the same, the second without sight of the first.
create view news.reviewer_agreement as
with held as (
    -- What each reviewer said first of an article, before anybody talked about it.
    select distinct on (article_id, topic, reviewed_by) *
    from news.review
    where withdraws is null
    order by article_id, topic, reviewed_by, review_id
),
paired as (
    select
        one.topic, one.reviewed_by as reviewer, other.reviewed_by as other_reviewer,
        one.relevance, other.relevance as other_relevance, one.event, other.event as other_event
    from held as one
    join held as other
        on other.article_id = one.article_id and other.topic = one.topic and other.version = one.version
        and other.reviewed_by > one.reviewed_by
    where case when one.review_id > other.review_id then one.is_blind else other.is_blind end
),
counted as (
    select
        topic, reviewer, other_reviewer,
        count(*) as articles,
        avg((relevance = other_relevance)::int) as same_relevance,
        avg(((relevance = 'core') = (other_relevance = 'core'))::int) as same_core,
        avg((relevance = 'core')::int) as core,
        avg((other_relevance = 'core')::int) as other_core,
        count(*) filter (where event is not null and other_event is not null) as events,
        avg((event = other_event)::int) filter (where event is not null and other_event is not null) as same_event
    from paired
    group by topic, reviewer, other_reviewer
)
select
    topic, reviewer, other_reviewer, articles,
    round(same_relevance, 3)::float as same_relevance,
    round(same_core, 3)::float as same_core,
    round((same_core - chance.agreement) / nullif(1 - chance.agreement, 0), 3)::float as core_kappa,
    events,
    round(same_event, 3)::float as same_event
from counted
cross join lateral (select core * other_core + (1 - core) * (1 - other_core) as agreement) as chance;
comment on view news.reviewer_agreement is 'One row per topic and pair of reviewers: how often both said the same of an article, where the second review was blind.';
comment on column news.reviewer_agreement.topic is 'The topic.';
comment on column news.reviewer_agreement.reviewer is 'One reviewer: the first by name.';
comment on column news.reviewer_agreement.other_reviewer is 'The other one.';
comment on column news.reviewer_agreement.articles is 'Articles of which both reviewed the same version, the second without sight of the first.';
comment on column news.reviewer_agreement.same_relevance is 'Share of them with the same relevance: core, related or none.';
comment on column news.reviewer_agreement.same_core is 'Share of them that both or neither called core.';
comment on column news.reviewer_agreement.core_kappa is 'Cohen''s kappa of core: 1 is full agreement, 0 what chance gives; null where both said the same of every article.';
comment on column news.reviewer_agreement.events is 'Articles of which both gave an event type.';
comment on column news.reviewer_agreement.same_event is 'Share of these with the same event type.';
grant select on news.reviewer_agreement to analyst;
