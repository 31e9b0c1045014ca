-- name: lock_events()!
-- Waits until no other task looks for events; the lock ends with the transaction.
select from ingest.lock where name = 'events' for update;

-- name: stories_due(most)
-- Stories whose event is to be looked for, with the present words of their origins, the oldest rows first.
select
    story.story_id, story.merged_into, story.origin_article_id as article_id, version.version, version.title,
    left(version.text, 4000) as text, article.url, outlet.key as outlet, version.published_at, article.first_seen_at,
    version.language
from news.story
join news.article on article.article_id = story.origin_article_id
join news.article_version as version on version.article_id = article.article_id and version.version = article.version
join news.outlet using (outlet_id)
where story.event_due and (story.merged_into is not null or not version.cold)
order by story.story_id
limit :most;

-- name: mark_events_due(articles)!
-- Has the events of stories looked for whose origins are among the articles.
update news.story set event_due = true
where origin_article_id = any (:articles) and not event_due;

-- name: mark_outdated_events_due(method, most)
-- Hands stories that were read by another method back, the oldest rows first; which.
update news.story set event_due = true
where story_id in (
    select story.story_id
    from news.event_reading
    join news.story using (story_id)
    where event_reading.method <> :method and not story.event_due
    order by story.story_id
    limit :most
)
returning story_id;

-- name: events_done(stories)!
-- Records that the events of stories were looked for.
update news.story set event_due = false where story_id = any (:stories);

-- name: event_times(stories)
-- When stories stood there, as they were read before.
select story_id, event_at from news.event_reading where story_id = any (:stories);

-- name: store_event_readings()!
-- Stores what events are found by, in place of what was read before.
insert into news.event_reading (
    story_id, article_id, version, method, event_at, format, statement, follows, title_terms, terms, weights
)
values %s
on conflict (story_id) do update set
    article_id = excluded.article_id, version = excluded.version, method = excluded.method,
    event_at = excluded.event_at, format = excluded.format, statement = excluded.statement,
    follows = excluded.follows, title_terms = excluded.title_terms, terms = excluded.terms, weights = excluded.weights;

-- name: event_readings(earliest, latest)
-- What was read of the stories of a stretch of time, with where each stands.
select
    reading.story_id, reading.event_at, reading.format, reading.statement, reading.follows, reading.title_terms,
    reading.terms, reading.weights, outlet.key as outlet, article.url, member.event_member_id, member.event_id, member.kernel_id,
    member.storyline_id, member.reason, member.score, member.terms as reason_terms
from news.event_reading as reading
join news.story on story.story_id = reading.story_id and story.merged_into is null
join news.article on article.article_id = reading.article_id
join news.outlet using (outlet_id)
left join news.event_member as member on member.story_id = reading.story_id and member.valid_to is null
where reading.event_at between :earliest and :latest;

-- name: event_members_in_force(stories)
-- Where stories stand.
select event_member_id, story_id from news.event_member where story_id = any (:stories) and valid_to is null;

-- name: close_event_members(members, now)!
-- Ends memberships that no longer hold.
update news.event_member set valid_to = greatest(:now, valid_from) where event_member_id = any (:members);

-- name: insert_event_members()!
-- Stores memberships that hold from now on.
insert into news.event_member (
    story_id, event_id, kernel_id, storyline_id, reason, score, terms, method, valid_from
)
values %s;

-- name: event_corrections(stories)
-- What people said about the events of stories. Never null: story_id, other_story_id.
select correction.kind, one.story_id, other.story_id as other_story_id
from news.corrections as correction
join news.article as one on one.article_id = correction.article_id
join news.article as other on other.article_id = correction.other_article_id
where correction.kind in ('same_event', 'other_event')
  and one.story_id <> other.story_id
  and (one.story_id = any (:stories) or other.story_id = any (:stories));
