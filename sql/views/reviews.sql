-- One row per review of a tag by an editor: what it says, and what the tag said then.
create view news.reviews as
select
    review.review_id,
    review.article_id,
    review.version,
    review.topic,
    review.relevance,
    review.event,
    review.note,
    review.reviewed_by,
    review.reviewed_at,
    not exists (
        select from news.review as later
        where later.article_id = review.article_id and later.topic = review.topic and later.review_id > review.review_id
          and later.withdraws is null and not later.is_blind
          and not exists (select from news.review as ended where ended.withdraws = later.review_id)
    ) and review.withdraws is null and not review.is_blind and ended_by.review_id is null as is_latest,
    tag.relevance as tagged_relevance,
    tag.event as tagged_event,
    tag.rules_version,
    review.relevance = tag.relevance and (review.event is null or review.event is not distinct from tag.event) as agrees,
    outlet.key as outlet,
    article_version.language,
    article_version.title,
    article_version.text,
    article.url,
    review.withdraws,
    ended_by.review_id as withdrawn_by,
    review.is_blind
from news.review
join news.article using (article_id)
join news.article_version
    on article_version.article_id = review.article_id and article_version.version = review.version
join news.outlet using (outlet_id)
left join news.review as ended_by on ended_by.withdraws = review.review_id
left join lateral (
    select tag.relevance, tag.event, tag.rules_version
    from news.tag
    where tag.article_id = review.article_id and tag.topic = review.topic and tag.method = 'rules'
      and tag.valid_from <= review.reviewed_at
    order by tag.valid_from desc, tag.tag_id desc
    limit 1
) as tag on true;
comment on view news.reviews is 'One row per review of a tag by an editor: the review, and the tag at that time.';
comment on column news.reviews.review_id is 'Identity.';
comment on column news.reviews.article_id is 'The article.';
comment on column news.reviews.version is 'The version that the editor read.';
comment on column news.reviews.topic is 'The topic.';
comment on column news.reviews.relevance is 'What the editor says: core, related or none.';
comment on column news.reviews.event is 'Event type, by the editor; null when left open.';
comment on column news.reviews.note is 'Why, in the editor''s words.';
comment on column news.reviews.reviewed_by is 'Who.';
comment on column news.reviews.reviewed_at is 'When.';
comment on column news.reviews.is_latest is 'This one is in force: the newest of the article and topic that was not withdrawn.';
comment on column news.reviews.tagged_relevance is 'Relevance of the machine''s tag when it was reviewed.';
comment on column news.reviews.tagged_event is 'Its event type.';
comment on column news.reviews.rules_version is 'By which rules it was tagged.';
comment on column news.reviews.agrees is 'Whether the editor confirms the tag: the same relevance, and no other event type.';
comment on column news.reviews.outlet is 'Short name of the outlet.';
comment on column news.reviews.language is 'Language of the text.';
comment on column news.reviews.title is 'Headline of that version.';
comment on column news.reviews.text is 'Text of that version; together with the review it is a labelled example.';
comment on column news.reviews.url is 'Address.';
comment on column news.reviews.withdraws is 'The review that this row ends; it gives no verdict of its own.';
comment on column news.reviews.withdrawn_by is 'The row that ended this one; null while it was not withdrawn.';
comment on column news.reviews.is_blind is 'Given without sight of the tag and of earlier reviews; never in force.';
grant select on news.reviews to analyst;
