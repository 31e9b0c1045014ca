-- Watches: what they match, and messages about it.

-- name: watches_in_force()
-- Returns all watches with what was told last. May be null: told_at.
select
    watch.watch_id, watch.key, watch.name, watch.owner, watch.filters, watch.per, watch.digest_hour, watch.channels,
    watch.created_at, watch.paused_at,
    (select count(*)::int from news.watch_item where watch_item.watch_id = watch.watch_id) as items,
    (select max(sent_at) from news.watch_message as message where message.watch_id = watch.watch_id) as told_at
from news.watch
where watch.retired_at is null
order by lower(watch.name), watch.watch_id;

-- name: watch_page(watch_id)^
-- Returns a watch that was not removed.
select watch_id, key, name, owner, filters, per, digest_hour, channels, created_at, told_from, paused_at
from news.watch
where watch_id = :watch_id and retired_at is null;

-- name: add_watch(name, owner, filters, per, digest_hour, channels)$
-- Adds a watch; returns its id. Always one row.
insert into news.watch (name, owner, filters, per, digest_hour, channels)
values (:name, :owner, :filters, :per, :digest_hour, :channels)
returning watch_id;

-- name: save_file_watches()!
-- Adds or changes the watches of watches.yaml, by key.
insert into news.watch as watch (key, name, owner, filters, per, digest_hour, channels, paused_at)
values %s
on conflict (key) do update set
    name = excluded.name, owner = excluded.owner, filters = excluded.filters, per = excluded.per,
    digest_hour = excluded.digest_hour, channels = excluded.channels,
    paused_at = case when excluded.paused_at is not null then coalesce(watch.paused_at, excluded.paused_at) end,
    told_from = case
        when watch.retired_at is not null or watch.paused_at is not null and excluded.paused_at is null then now()
        else watch.told_from
    end,
    retired_at = null;

-- name: retire_file_watches(keys)!
-- Removes the watches that are no longer in watches.yaml.
update news.watch set retired_at = now() where key is not null and key <> all (:keys) and retired_at is null;

-- name: pause_watch(watch_id, paused)!
-- Pauses or resumes a watch that was made on a page; what is listed in a pause is not told later.
update news.watch
set paused_at = case when :paused then coalesce(paused_at, now()) end,
    told_from = case when paused_at is not null and not :paused then now() else told_from end
where watch_id = :watch_id and key is null and retired_at is null;

-- name: retire_watch(watch_id)!
-- Removes a watch that was made on a page; what it told is kept.
update news.watch set retired_at = now() where watch_id = :watch_id and key is null and retired_at is null;

-- name: matches(query, topic, relevance, event, entity, language, outlet, perspective, bloc, press, since, until, before_at, before_article, most)
-- Returns articles that match filters, newest first. May be null: story_id, event_id, language, relevance, event, probability, wire.
select
    article_id, story_id, event_id, reported_at, is_dated, is_origin, outlet, outlet_name, country, bloc, press, language,
    title, lead, relevance, event, probability, wire, url
from news.matches(
    query => :query, topic => coalesce(:topic, 'us_china_military'), relevance => :relevance, event => :event,
    entity => :entity, language => :language, outlet => :outlet, perspective => :perspective, bloc => :bloc,
    press => :press, since => :since, until => :until, before_at => :before_at, before_article => :before_article,
    most => :most
);

-- name: write_watch_message(watch_id, channel, now, look_back, digest_day)
-- Writes a message about the stories or events of a watch that were not told yet, if there are any; returns its number.
-- What a feed listed longer ago than look_back is not looked at.
with asked as (
    select * from news.watch where watch_id = :watch_id and paused_at is null and retired_at is null for update
), fresh as (
    select distinct on (subject)
        case when asked.per = 'event' and match.event_id is not null then 'event:' || match.event_id
            else 'story:' || match.story_id end as subject,
        match.*
    from asked
    cross join lateral news.matches(
        query => asked.filters ->> 'query', topic => coalesce(asked.filters ->> 'topic', 'us_china_military'),
        relevance => asked.filters ->> 'relevance', event => asked.filters ->> 'event',
        entity => asked.filters ->> 'entity', language => asked.filters ->> 'language',
        outlet => asked.filters ->> 'outlet', perspective => asked.filters ->> 'perspective',
        bloc => asked.filters ->> 'bloc', press => asked.filters ->> 'press',
        seen_since => greatest(asked.told_from, :now::timestamptz - :look_back::interval), most => 10000
    ) as match
    where asked.per <> 'burst' and match.story_id is not null
      -- Told per event: wait until it is decided which event, if any, the story tells of.
      and (asked.per = 'story' or exists (
          select from news.event_member as member where member.story_id = match.story_id and member.valid_to is null
      ))
      -- By the articles that were told: stories and events may be joined later.
      and not exists (
          select from news.watch_item as item
          join news.article as told on told.article_id = item.article_id
          left join news.event_member as member on member.story_id = told.story_id and member.valid_to is null
          where item.watch_id = asked.watch_id and item.channel = :channel
            and (told.story_id = match.story_id or asked.per = 'event' and member.event_id = match.event_id)
      )
    order by subject, match.reported_at, match.article_id
), message as (
    insert into news.watch_message (watch_id, channel, created_at, digest_day)
    select watch_id, :channel, :now, :digest_day::date from asked where exists (select from fresh)
    on conflict do nothing
    returning message_id
)
insert into news.watch_item (
    watch_id, channel, subject, message_id, article_id, story_id, event_id, title, outlet, url, reported_at
)
select
    asked.watch_id, :channel, fresh.subject, message.message_id, fresh.article_id, fresh.story_id, fresh.event_id,
    fresh.title, fresh.outlet_name, fresh.url, fresh.reported_at
from fresh
cross join message
cross join asked
on conflict do nothing
returning message_id;

-- name: write_burst_message(watch_id, channel, now, digest_day)
-- Writes a message about the bursts of a watch that were not told yet, if there are any; returns its number.
with asked as (
    select * from news.watch
    where watch_id = :watch_id and per = 'burst' and paused_at is null and retired_at is null
    for update
), fresh as (
    select
        concat_ws(':', 'burst', timeline.topic, timeline.event, timeline.day) as subject,
        concat(
            replace(timeline.event, '_', ' '), ': ', timeline.core_stories, ' core stories on ', timeline.day, ', ',
            timeline.expected_stories, ' expected'
        ) as title,
        timeline.day
    from asked
    join news.timeline
        on timeline.topic = coalesce(asked.filters ->> 'topic', 'us_china_military')
        and timeline.event = coalesce(asked.filters ->> 'event', 'all')
    where timeline.level = 'burst' and timeline.day >= (asked.told_from at time zone 'UTC')::date
      and not exists (
          select from news.watch_item as item
          where item.watch_id = asked.watch_id and item.channel = :channel
            and item.subject = concat_ws(':', 'burst', timeline.topic, timeline.event, timeline.day)
      )
), message as (
    insert into news.watch_message (watch_id, channel, created_at, digest_day)
    select watch_id, :channel, :now, :digest_day::date from asked where exists (select from fresh)
    on conflict do nothing
    returning message_id
)
insert into news.watch_item (watch_id, channel, subject, message_id, title, reported_at)
select asked.watch_id, :channel, fresh.subject, message.message_id, fresh.title, fresh.day::timestamp at time zone 'UTC'
from fresh
cross join message
cross join asked
on conflict do nothing
returning message_id;

-- name: next_watch_message(channel, after)^
-- Takes the next message that a channel has not taken yet, for this transaction; one that another task holds is passed over.
select message.message_id, message.created_at, message.digest_day, watch.watch_id, watch.name, watch.owner, watch.per
from news.watch_message as message
join news.watch using (watch_id)
where message.channel = :channel and message.sent_at is null and message.message_id > :after
order by message.message_id
limit 1
for update of message skip locked;

-- name: items_of_watch_message(message_id)
-- Returns what a message tells, in order of time.
select subject, article_id, story_id, event_id, title, outlet, url, reported_at
from news.watch_item
where message_id = :message_id
order by reported_at, subject;

-- name: confirm_watch_message(message_id)!
-- Notes that a channel took a message.
update news.watch_message set sent_at = now(), error = null where message_id = :message_id;

-- name: refuse_watch_message(message_id, error)!
-- Notes that a channel did not take a message; it is sent again.
update news.watch_message set tries = tries + 1, error = left(:error, 1000) where message_id = :message_id;

-- name: messages_of_watch(watch_id, most)
-- Returns the latest messages of a watch.
select
    message.message_id, message.channel, message.created_at, message.sent_at, message.tries, message.error,
    (select count(*)::int from news.watch_item as item where item.message_id = message.message_id) as items
from news.watch_message as message
where message.watch_id = :watch_id
order by message.message_id desc
limit :most;

-- name: add_token(digest, owner, name, watch_id)$
-- Adds a token for programs; returns its id. Always one row.
insert into news.access_token (digest, owner, name, watch_id) values (:digest, :owner, :name, :watch_id)
returning token_id;

-- name: use_token(digest)^
-- Counts a request with a token that is good; returns whose it is, what it may read, and its requests in this minute.
update news.access_token
set last_used_at = now(), minute = date_trunc('minute', now()),
    requests = case when minute = date_trunc('minute', now()) then requests + 1 else 1 end
where digest = :digest and revoked_at is null
returning token_id, owner, watch_id, requests;

-- name: tokens_of(owner)
-- Returns the tokens of a login, the newest first.
select token_id, name, watch_id, created_at, revoked_at, last_used_at
from news.access_token
where owner = :owner
order by token_id desc
limit 100;

-- name: revoke_token(token_id, owner)!
-- Revokes a token of its owner.
update news.access_token set revoked_at = coalesce(revoked_at, now()) where token_id = :token_id and owner = :owner;

-- name: attention(query, since, until, by, topic, relevance, event, entity, language, outlet, bloc, press)
-- Returns how many articles, independent reports and outlets match filters in each period, beside all that was collected.
select period, reports, independent_reports, outlets, collected, share
from news.attention(
    :query, :since, :until, :by, coalesce(:topic, 'us_china_military'), :relevance, :event, :entity, :language, :outlet,
    null, :bloc, :press
);
