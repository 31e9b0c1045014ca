-- name: replay_entries()
-- Returns every entry as the account of a replay compares it with what the feeds listed.
select feed.url as feed, entry.identity, entry.url, entry.title, entry.state, entry.reason
from ingest.entry
join ingest.feed using (feed_id);

-- name: replay_counts()^
-- Counts what a replay left in the warehouse.
select
    (select count(*)::int from ingest.feed) as feeds,
    (select count(*)::int from ingest.poll) as polls,
    (select count(*)::int from ingest.poll where overflow) as overflows,
    (select count(*)::int from ingest.entry) as entries,
    (select count(*)::int from ingest.entry_revision) as revisions,
    (select count(*)::int from ingest.page) as pages,
    (select count(*)::int from news.article) as articles,
    (select count(distinct story_id)::int from news.article) as stories,
    (
        select count(*)::int
        from (select from news.article where story_id is not null group by story_id having count(*) > 1) as shared
    ) as shared_stories;

-- name: replay_polls()
-- Counts the polls of a replay by outcome.
select outcome as name, count(*)::int as n from ingest.poll group by outcome order by n desc, outcome;

-- name: replay_ledger()
-- Counts the entries of a replay by state, and the dropped ones by reason.
select state, reason, count(*)::int as n from ingest.entry group by state, reason order by state, n desc, reason;

-- name: replay_copies()
-- Counts the articles that copy another after a replay, by the kind of their nearest copy.
select kind as name, count(*)::int as n
from news.copy
where valid_to is null and is_source
group by kind
order by n desc, kind;

-- name: replay_tags()
-- Counts the tags in force after a replay by relevance.
select relevance as name, count(*)::int as n
from news.tag
where valid_to is null
group by relevance
order by array_position(array['core', 'related', 'none'], relevance);

-- name: forget_waits()!
-- Lets everything that waits for a later try be tried now, whatever its pace: for replays, whose time is not the present.
with hosts as (
    update ingest.host set next_visit_at = now(), robots_expires_at = least(robots_expires_at, now())
)
update ingest.entry set next_try_at = now() where state = 'new' and next_try_at > now();

-- name: last_poll()$
-- Returns the newest poll's number, 0 before the first.
select coalesce(max(poll_id), 0) from ingest.poll;

-- name: unread_feeds(since)$
-- Makes the feeds due that no poll has read since the poll of that number, whatever their pace, and gives how many.
with unread as (
    update ingest.feed
    set next_poll_at = least(next_poll_at, now())
    where retired_at is null
      and not exists (
          select
          from ingest.poll
          where poll.feed_id = feed.feed_id
            and poll.poll_id > :since
            and poll.outcome in ('new_entries', 'nothing_new', 'not_modified', 'same_body', 'empty', 'not_a_feed')
      )
    returning feed.host
),
hosts as (
    update ingest.host set next_visit_at = now() where host in (select host from unread) and next_visit_at > now()
)
select count(*)::int from unread;

-- name: expired_claims(now)
-- Lists the claims on feeds and entries whose lease has ended and that nobody has taken again.
select 'feed' as what, feed_id::bigint as id, lease_by, lease_until
from ingest.feed
where lease_until < :now and retired_at is null
union all
select 'entry', entry_id, lease_by, lease_until
from ingest.entry
where state in ('fetching', 'fetched') and lease_until < :now;

-- name: archived_pages()
-- Returns where every archived page stands, in the order of the archive.
select archive_file, archive_offset, archive_length, digest
from ingest.page
where archive_file is not null
order by archive_file, archive_offset;

-- name: doubled_versions()$
-- Counts article versions that say the same as the version before them.
select count(*)::int
from (
    select text_digest = lag(text_digest) over (partition by article_id order by version)
        and title = lag(title) over (partition by article_id order by version) as same
    from news.article_version
) as compared
where same;
