create view news.feed_health as
select
    outlet.key as outlet,
    feed.name as feed,
    feed.url,
    feed.health,
    feed.health_since,
    feed.failures,
    feed.last_error,
    feed.note,
    feed.last_polled_at,
    feed.last_success_at,
    feed.last_new_entry_at,
    feed.newest_entry_at,
    feed.interval_s,
    feed.next_poll_at,
    recent.polls as polls_7d,
    recent.entries as entries_7d,
    recent.overflows as overflows_7d,
    feed.moved_to,
    feed.retired_at
from ingest.feed
join news.outlet using (outlet_id)
left join lateral (
    select count(*)::int as polls, coalesce(sum(poll.entries_new), 0)::int as entries,
        count(*) filter (where poll.overflow)::int as overflows
    from ingest.poll
    where poll.feed_id = feed.feed_id and poll.polled_at > now() - interval '7 days'
) as recent on true;
comment on view news.feed_health is 'One row per feed: its health, in words.';
comment on column news.feed_health.outlet is 'Short name of the outlet.';
comment on column news.feed_health.feed is 'Name of the feed.';
comment on column news.feed_health.url is 'Where it is polled.';
comment on column news.feed_health.health is 'healthy, unchanged, slow, stale, zombie, empty, not_a_feed, blocked, unreachable, gone; new before the first poll.';
comment on column news.feed_health.health_since is 'Since when.';
comment on column news.feed_health.failures is 'Failed polls in a row.';
comment on column news.feed_health.last_error is 'The last error.';
comment on column news.feed_health.note is 'What is unusual about it though it works: validators that lie, answers that are wrongly framed.';
comment on column news.feed_health.last_polled_at is 'Last poll.';
comment on column news.feed_health.last_success_at is 'Last good poll.';
comment on column news.feed_health.last_new_entry_at is 'Last poll that brought something new.';
comment on column news.feed_health.newest_entry_at is 'Newest publication date that it ever listed.';
comment on column news.feed_health.interval_s is 'Present interval between polls, seconds.';
comment on column news.feed_health.next_poll_at is 'Next poll.';
comment on column news.feed_health.polls_7d is 'Polls in the last seven days.';
comment on column news.feed_health.entries_7d is 'New entries in the last seven days.';
comment on column news.feed_health.overflows_7d is 'Polls in the last seven days before which entries may have passed unseen.';
comment on column news.feed_health.moved_to is 'Where permanent redirects lead.';
comment on column news.feed_health.retired_at is 'When it left feeds.yaml; null while it is polled.';
grant select on news.feed_health to analyst;
