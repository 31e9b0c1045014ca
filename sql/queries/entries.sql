-- name: waiting_shards(shards, now)
-- Lists the shards with entries to fetch or to extract, or with articles to visit again.
select part.shard
from generate_series(0, :shards - 1) as part (shard)
where exists (
    select from ingest.entry
    where entry.shard = any (ingest.shards_of(part.shard, :shards))
      and ((state = 'new' and next_try_at <= :now) or (state in ('fetching', 'fetched') and lease_until <= :now))
)
union
select mod(shard, :shards)
from news.article
where revisit_at <= :now
order by shard;

-- name: drop_old_entries(shard, shards, days, now)!
-- Drops the entries that were older than so many days when a feed first listed them, by the feed's own date.
update ingest.entry
set state = 'dropped',
    reason = 'too_old',
    detail = 'published ' || to_char(published_at at time zone 'UTC', 'YYYY-MM-DD')
        || ', first listed ' || to_char(first_seen_at at time zone 'UTC', 'YYYY-MM-DD'),
    state_at = :now
where state = 'new'
  and attempts = 0
  and published_at < first_seen_at - make_interval(days => :days)
  and imported_at is null
  and shard = any (ingest.shards_of(:shard, :shards));

-- name: drop_crashing_entries(shard, shards, crashes, now)!
-- Drops the entries whose worker died in so many visits, the last of them made alone: they are the cause.
update ingest.entry
set state = 'dropped',
    reason = 'retries_exhausted',
    detail = 'its worker died in each of ' || ingest.crashes_of(entry) || ' visits, the last ones made alone',
    state_at = :now,
    lease_until = null,
    lease_by = null
where state in ('fetching', 'fetched')
  and lease_until <= :now
  and ingest.crashes_of(entry) >= :crashes
  and shard = any (ingest.shards_of(:shard, :shards));

-- name: adopt_known_entries(shard, shards, now)!
-- Assigns the article to new entries whose URL is known already, by itself or through an entry that led there.
with known as (
    select waiting.entry_id, coalesce(article.article_id, twin.article_id) as article_id
    from ingest.entry as waiting
    left join news.article on article.url_key = waiting.url_key
    left join lateral (
        select entry.article_id
        from ingest.entry
        join news.article as led_to on led_to.article_id = entry.article_id
        where entry.url_key = waiting.url_key
          and coalesce(led_to.as_told_by, waiting.feed_id) = waiting.feed_id
        order by entry.entry_id
        limit 1
    ) as twin on article.article_id is null
    where waiting.state = 'new'
      and waiting.shard = any (ingest.shards_of(:shard, :shards))
      and coalesce(article.article_id, twin.article_id) is not null
    for update of waiting skip locked
)
update ingest.entry
set state = 'extracted', article_id = known.article_id, state_at = :now, detail = null
from known
where entry.entry_id = known.entry_id;

-- name: waiting_by_feed(shard, shards, suspect, crashes, now)
-- Lists where entries of a shard wait to be fetched: the hosts, by feed, and the fewest crashes of an entry there.
-- Suspect are those whose worker died in so many visits: they are visited alone. Never null: host.
select feed_id, host, min(ingest.crashes_of(entry)) as crashes
from ingest.entry
where shard = any (ingest.shards_of(:shard, :shards))
  and ((state = 'new' and next_try_at <= :now) or (state = 'fetching' and lease_until <= :now))
  and (ingest.crashes_of(entry) >= :crashes) = :suspect
group by feed_id, host;

-- name: claim_entry(host, feed_id, suspect, crashes, by, until, now)^
-- Claims the entry of a feed that has waited longest at a host, with a lease. Of several entries for one address, one
-- is claimed; the others take what it brings. A lease that ended by itself is a worker that died: it is counted as a
-- crash, never as a try. The commit does not wait for the disk: a claim that a crash of the server forgets is an entry
-- that waits, and whoever held it finds its claim gone. Never null: url, url_key, host.
update ingest.entry
set state = 'fetching',
    state_at = :now,
    crashes = ingest.crashes_of(entry),
    lease_until = :until,
    lease_by = :by
from ingest.feed
join news.outlet using (outlet_id)
where feed.feed_id = entry.feed_id
  and entry.entry_id = (
    select candidate.entry_id
    from ingest.entry as candidate
    where candidate.host = :host
      and candidate.feed_id = :feed_id
      and ((candidate.state = 'new' and candidate.next_try_at <= :now)
        or (candidate.state = 'fetching' and candidate.lease_until <= :now))
      and (ingest.crashes_of(candidate) >= :crashes) = :suspect
      and not exists (
        select from ingest.entry as twin
        where twin.url_key = candidate.url_key
          and twin.entry_id <> candidate.entry_id
          and twin.lease_until > :now
      )
    order by ingest.crashes_of(candidate), candidate.next_try_at, candidate.entry_id
    limit 1
    for update skip locked
  )
returning
    entry.entry_id, entry.feed_id, entry.url, entry.url_key, entry.host, entry.attempts, entry.page_id, entry.title,
    entry.authors, entry.language, entry.dates, entry.content, outlet.timezone,
    set_config('synchronous_commit', 'off', true);

-- name: claim_fetched_entries(shard, shards, suspect, imported, crashes, by, until, n, now)
-- Claims entries whose page is in the archive but was not read: those whose worker died before, or imported ones.
-- Never null: url, url_key, host.
update ingest.entry
set lease_until = :until, lease_by = :by, crashes = ingest.crashes_of(entry)
from (
    select entry_id
    from ingest.entry
    where state = 'fetched'
      and lease_until <= :now
      and (ingest.crashes_of(entry) >= :crashes) = :suspect
      and (imported_at is not null) = :imported
      and shard = any (ingest.shards_of(:shard, :shards))
    order by entry_id
    limit :n
    for update skip locked
) as chosen, ingest.feed
join news.outlet using (outlet_id)
where entry.entry_id = chosen.entry_id and feed.feed_id = entry.feed_id
returning
    entry.entry_id, entry.feed_id, entry.url, entry.url_key, entry.host, entry.attempts, entry.page_id, entry.title,
    entry.authors, entry.language, entry.dates, entry.content, outlet.timezone;

-- name: get_page(page_id)^
-- Returns a fetched page and where it is in the archive. Always one row.
select page_id, url, final_url, fetched_at, http_status, content_type, archive_file, archive_offset, archive_length, digest
from ingest.page
where page_id = :page_id;

-- name: save_page(entry_id, by, until, now, url, final_url, fetched_at, http_status, content_type, bytes, file, offset, length, digest)$
-- Stores where a fetched page is in the archive and moves its entry on; null when the claim was lost meanwhile.
with page as (
    insert into ingest.page (
        url, final_url, fetched_at, http_status, content_type, bytes,
        archive_file, archive_offset, archive_length, digest
    )
    values (
        :url, :final_url, :fetched_at, :http_status, :content_type, :bytes, :file, :offset, :length, :digest
    )
    returning page_id
)
update ingest.entry
set state = 'fetched', state_at = :now, page_id = page.page_id, lease_until = :until, detail = null
from page
where entry_id = :entry_id and lease_by = :by and state = 'fetching'
returning page.page_id;

-- name: retry_entry(entry_id, by, url, url_key, next_try_at, detail, now)!
-- Puts an entry back for a later try after one that failed, and with it the new ones that name the same address.
with failed as (
    update ingest.entry
    set state = 'new',
        state_at = :now,
        attempts = attempts + 1,
        crashes = 0,
        next_try_at = :next_try_at,
        detail = :detail,
        page_id = null,
        lease_until = null,
        lease_by = null
    where entry_id = :entry_id and lease_by = :by
    returning attempts
)
update ingest.entry
set next_try_at = greatest(next_try_at, :next_try_at), attempts = greatest(entry.attempts, failed.attempts)
from failed
where url_key = :url_key and url = :url and state = 'new' and entry_id <> :entry_id;

-- name: release_entry(entry_id, by, next_try_at, detail, now)!
-- Releases a claim as if it had not been made: nothing was visited.
update ingest.entry
set state = 'new',
    state_at = :now,
    next_try_at = :next_try_at,
    detail = :detail,
    lease_until = null,
    lease_by = null
where entry_id = :entry_id and lease_by = :by and state = 'fetching';

-- name: refetch_entry(entry_id, by, detail, now)!
-- Has the page of an entry fetched again, since the archive has no whole record of it: no attempt is counted.
update ingest.entry
set state = 'new',
    state_at = :now,
    next_try_at = :now,
    detail = :detail,
    page_id = null,
    lease_until = null,
    lease_by = null
where entry_id = :entry_id and lease_by = :by and state = 'fetched';

-- name: release_claims(by, now)!
-- Releases all claims of a worker as if they had not been made: a fault on our side ended its work.
update ingest.entry
set state = case when state = 'fetching' then 'new' else state end,
    state_at = case when state = 'fetching' then :now else state_at end,
    lease_until = case when state = 'fetched' then :now::timestamptz end,
    lease_by = case when state = 'fetched' then 'nobody' end
where lease_until is not null and lease_by = :by;

-- name: put_off_host(host, until, now)!
-- Lets the entries of a host that are due wait, without counting it as a try.
update ingest.entry
set next_try_at = :until
where host = :host and state = 'new' and next_try_at < :now;

-- name: drop_entry(entry_id, by, url, url_key, reason, detail, whole_text, now)!
-- Ends an entry without an article, and with it the new ones that name the same address and carry no text of so many
-- characters themselves.
update ingest.entry
set state = 'dropped',
    state_at = :now,
    reason = :reason,
    detail = :detail,
    attempts = attempts + (entry_id = :entry_id)::int,
    lease_until = null,
    lease_by = null
where (entry_id = :entry_id and lease_by = :by)
   or (url_key = :url_key and url = :url and state = 'new' and coalesce(length(content), 0) < :whole_text);

-- name: finish_entries(url_keys, article_id, now)!
-- Assigns an article to every entry that waits for one of its URLs.
update ingest.entry
set state = 'extracted',
    state_at = :now,
    article_id = :article_id,
    detail = null,
    lease_until = null,
    lease_by = null
where url_key = any (:url_keys) and state in ('new', 'fetching', 'fetched');

-- name: finish_told_entries(feed_id, url_key, article_id, now)!
-- Assigns an article that a feed's content gave to the entries of this feed that wait for its URL.
update ingest.entry
set state = 'extracted', state_at = :now, article_id = :article_id, detail = null, lease_until = null, lease_by = null
where url_key = :url_key and feed_id = :feed_id and state in ('new', 'fetching', 'fetched');

-- name: is_stranger(feed_id, site)$
-- Returns whether a site is another outlet's than the feed's.
select news.is_stranger(outlet_id, :site) from ingest.feed where feed_id = :feed_id;

-- name: own_words(url_key, site)^
-- Returns what a feed of the site's own outlet says about an address, the first that listed it; no row when none does.
select entry.title, entry.authors, entry.language, entry.dates, outlet.timezone
from ingest.entry
join ingest.feed using (feed_id)
join news.outlet using (outlet_id)
where entry.url_key = :url_key and not news.is_stranger(outlet.outlet_id, :site)
order by entry.first_seen_at, entry.entry_id
limit 1;

-- name: earlier_article(entry_id, text_digest)$
-- Finds the article that an entry led to under an earlier address, if it has the same text.
select article.article_id
from ingest.entry_revision as earlier
join news.article using (article_id)
join news.article_version as present using (article_id, version)
where earlier.entry_id = :entry_id and present.text_digest = :text_digest
order by earlier.revision desc
limit 1;

-- name: insert_page(url, final_url, fetched_at, http_status, content_type, bytes, file, offset, length, digest)$
-- Stores where a page that was visited again is in the archive. Always one row.
insert into ingest.page (
    url, final_url, fetched_at, http_status, content_type, bytes, archive_file, archive_offset, archive_length, digest
)
values (:url, :final_url, :fetched_at, :http_status, :content_type, :bytes, :file, :offset, :length, :digest)
returning page_id;

-- name: reopen_unread_entries(since, now)!
-- Lets collect read the archived pages again in which no article was found, where they were fetched since a time.
update ingest.entry
set state = 'fetched', state_at = :now, reason = null, detail = null, lease_until = :now, lease_by = 'nobody'
from ingest.page
where page.page_id = entry.page_id
  and entry.state = 'dropped'
  and entry.reason in ('no_text', 'not_article', 'paywall', 'bot_wall', 'extraction_failed')
  and page.fetched_at >= :since;

-- name: waiting_hosts(shard, shards, now, n)
-- Names the hosts of a shard with entries to fetch or to extract, the one with most of them first. Never null: host.
select host, count(*) over () as hosts
from ingest.entry
where shard = any (ingest.shards_of(:shard, :shards))
  and ((state = 'new' and next_try_at <= :now) or (state in ('fetching', 'fetched') and lease_until <= :now))
group by host
order by count(*) desc, host
limit :n;

-- name: import_feed(key, now)^
-- Returns the feed that stands for the imported items of an outlet, made when it is missing; it is never polled. No row
-- when there is no such outlet. May be null: timezone.
insert into ingest.feed as feed (outlet_id, url, name, host, added_at, retired_at, next_poll_at)
select outlet_id, 'https://import.invalid/' || key, 'imported', 'import.invalid', :now, :now, :now
from news.outlet
where key = :key
on conflict (url) do update set name = excluded.name
returning feed_id, (select timezone from news.outlet where outlet.outlet_id = feed.outlet_id) as timezone;

-- name: lock_import(feed_id)!
-- Lets one import at a time add to a feed; the lock ends with the transaction.
select from ingest.feed where feed_id = :feed_id for update;

-- name: imported_before(feed_id, identities)
-- Returns those of the identities that a feed has.
select identity from ingest.entry where feed_id = :feed_id and identity = any (:identities);

-- name: import_entries()!
-- Adds imported entries: `fetched` where their page came with them, so that collect reads it from the archive.
insert into ingest.entry (
    feed_id, identity, identity_kind, url, url_key, host, title, content, authors, language, published_at,
    published_source, dates, digest, first_seen_at, last_seen_at, state, state_at, next_try_at, page_id, lease_until,
    lease_by, imported_at
)
values %s;
