create view news.tag_changes as
select
    tag.valid_from as changed_at,
    tag.topic,
    case
        when before.relevance = 'none' then 'gained'
        when tag.relevance = 'none' then 'lost'
        else 'moved'
    end as change,
    case
        when tag.version = before.version then 'rules'
        when tag.rules_version = before.rules_version then 'article'
        else 'both'
    end as cause,
    tag.article_id,
    article.story_id,
    article_version.title,
    outlet.key as outlet,
    before.relevance as old_relevance,
    tag.relevance,
    before.event as old_event,
    tag.event,
    before.score as old_score,
    tag.score,
    before.rules_version as old_rules_version,
    tag.rules_version,
    before.version as old_version,
    tag.version,
    tag.tag_id,
    article.url
from news.tag
join news.tag as before on before.tag_id = tag.replaces
join news.article_version on article_version.article_id = tag.article_id and article_version.version = tag.version
join news.article on article.article_id = tag.article_id
join news.outlet using (outlet_id)
where (tag.relevance, tag.event) is distinct from (before.relevance, before.event);
comment on view news.tag_changes is 'One row per time that an article''s place in a topic changed: gained, lost, or moved between core and related or between event types.';
comment on column news.tag_changes.changed_at is 'When the new decision replaced the old one.';
comment on column news.tag_changes.topic is 'Which topic.';
comment on column news.tag_changes.change is 'gained: it belongs now and did not; lost: the other way round; moved: another relevance or event.';
comment on column news.tag_changes.cause is 'rules: only the rules changed; article: only the article did; both.';
comment on column news.tag_changes.article_id is 'Which article.';
comment on column news.tag_changes.story_id is 'Its story.';
comment on column news.tag_changes.title is 'Headline of the version that was read last.';
comment on column news.tag_changes.outlet is 'Short name of the outlet.';
comment on column news.tag_changes.old_relevance is 'core, related or none, before.';
comment on column news.tag_changes.relevance is 'core, related or none, since.';
comment on column news.tag_changes.old_event is 'Event type before; null when it was not core.';
comment on column news.tag_changes.event is 'Event type since; null when it is not core.';
comment on column news.tag_changes.old_score is 'Score before.';
comment on column news.tag_changes.score is 'Score since.';
comment on column news.tag_changes.old_rules_version is 'Rules that decided before.';
comment on column news.tag_changes.rules_version is 'Rules that decided since.';
comment on column news.tag_changes.old_version is 'Version of the article that was read before.';
comment on column news.tag_changes.version is 'Version of the article that was read since.';
comment on column news.tag_changes.tag_id is 'The new tag; news.evidence has its reasons.';
comment on column news.tag_changes.url is 'Address.';
grant select on news.tag_changes to analyst;
