-- Schemas, roles, outlets, feeds, polls and hosts.

create schema ingest;
create schema news;
comment on schema ingest is 'How the pipeline works: feeds, polls, entries, pages. For the operator.';
comment on schema news is 'What was reported: articles, copies, stories, tags. Its views are the contract with analysts.';

do $$
begin
    if not exists (select from pg_roles where rolname = 'analyst') then
        create role analyst nologin;
    end if;
end
$$;
revoke all on schema public from public;
grant usage on schema news to analyst;

create table news.outlet (
    outlet_id int generated always as identity primary key,
    key text not null unique check (key ~ '^[a-z0-9][a-z0-9_]*$'),
    name text not null check (name <> ''),
    homepage text check (homepage ~ '^https?://'),
    country text not null check (country ~ '^[A-Z]{2}$'),
    language text not null check (language <> ''),
    kind text not null check (kind in ('newspaper', 'official', 'defence_press', 'broadcaster', 'think_tank', 'wire', 'state_media', 'aggregator')),
    ownership text not null check (ownership <> ''),
    perspective text not null check (perspective ~ '^[a-z_]+$'),
    timezone text,
    retired_at timestamptz
);
comment on table news.outlet is 'Who publishes. Filled from feeds.yaml; an outlet that leaves the file is retired, never deleted.';
comment on column news.outlet.outlet_id is 'Identity.';
comment on column news.outlet.key is 'Short stable name, as in feeds.yaml.';
comment on column news.outlet.name is 'Name as readers know it.';
comment on column news.outlet.homepage is 'Home page.';
comment on column news.outlet.country is 'Country of the publisher, ISO 3166-1 alpha-2.';
comment on column news.outlet.language is 'Main language, BCP 47 (zh-Hans and zh-Hant apart).';
comment on column news.outlet.kind is 'newspaper, official, defence_press, broadcaster, think_tank, wire, state_media or aggregator.';
comment on column news.outlet.ownership is 'Who owns or controls it, in words.';
comment on column news.outlet.perspective is 'Whose point of view it writes from: us, prc, taiwan, japan, europe …';
comment on column news.outlet.timezone is 'IANA zone assumed for dates that come without one; null when none may be assumed.';
comment on column news.outlet.retired_at is 'When it left feeds.yaml; null while it is in force.';

create table ingest.feed (
    feed_id int generated always as identity primary key,
    outlet_id int not null references news.outlet,
    url text not null unique check (url ~ '^https?://'),
    name text not null check (name <> ''),
    language text,
    host text not null check (host <> ''),
    shard int not null generated always as (abs(hashtext(host) % 5040)) stored,
    stale_after_days int check (stale_after_days > 0),
    trust_dates boolean not null default true,
    added_at timestamptz not null,
    retired_at timestamptz,
    etag text,
    last_modified text,
    body_digest text,
    next_poll_at timestamptz not null,
    interval_s int not null default 900 check (interval_s between 1 and 604800),
    lean int not null default 0,
    mean_gap_s int check (mean_gap_s >= 0),
    longest_gap_s int check (longest_gap_s >= 0),
    lease_until timestamptz,
    lease_by text,
    health text not null default 'new' check (health in ('new', 'healthy', 'unchanged', 'slow', 'stale', 'zombie', 'empty', 'not_a_feed', 'blocked', 'unreachable', 'gone')),
    health_since timestamptz,
    failures int not null default 0 check (failures >= 0),
    last_polled_at timestamptz,
    last_success_at timestamptz,
    last_new_entry_at timestamptz,
    newest_entry_at timestamptz,
    known_share real check (known_share between 0 and 1),
    listed bigint[] not null default '{}',
    listed_at timestamptz,
    last_error text,
    moved_to text,
    moved_polls int not null default 0 check (moved_polls >= 0),
    check ((lease_until is null) = (lease_by is null))
);
create index feed_due on ingest.feed (next_poll_at) where retired_at is null;
comment on table ingest.feed is 'One RSS, Atom, RDF or JSON feed of an outlet, with what its next poll needs and how it fares.';
comment on column ingest.feed.feed_id is 'Identity.';
comment on column ingest.feed.outlet_id is 'Whose feed it is.';
comment on column ingest.feed.url is 'Where it is polled.';
comment on column ingest.feed.name is 'Name within the outlet.';
comment on column ingest.feed.language is 'Language of its entries, BCP 47, when it differs from the outlet''s.';
comment on column ingest.feed.host is 'Host and port of the URL: the unit of politeness.';
comment on column ingest.feed.shard is 'Hash of the host, 0 to 5039 (divisible by every number of shards up to 10); a mapped task takes those with shard modulo its number.';
comment on column ingest.feed.stale_after_days is 'Days of silence after which it counts as stale, from feeds.yaml; null when its own rhythm decides.';
comment on column ingest.feed.trust_dates is 'False where its dates are not the publisher''s: they are kept with the entries and not believed.';
comment on column ingest.feed.added_at is 'When it first stood in feeds.yaml.';
comment on column ingest.feed.retired_at is 'When it left feeds.yaml or was disabled there; null while it is polled. Failures never set it.';
comment on column ingest.feed.etag is 'Validator of the last good answer, sent back as If-None-Match.';
comment on column ingest.feed.last_modified is 'Validator of the last good answer, sent back as If-Modified-Since.';
comment on column ingest.feed.body_digest is 'SHA-256 of the last good body, for servers whose validators lie.';
comment on column ingest.feed.next_poll_at is 'Not polled before.';
comment on column ingest.feed.interval_s is 'Present interval between polls in seconds.';
comment on column ingest.feed.lean is 'Good polls in a row that asked for a longer (above 0) or a shorter (below 0) interval.';
comment on column ingest.feed.mean_gap_s is 'Mean time between two of its newest publications, in seconds; null when its dates don''t tell.';
comment on column ingest.feed.longest_gap_s is 'Longest time between two days of publication in its document, in seconds.';
comment on column ingest.feed.lease_until is 'A task holds it until then; an expired lease is free.';
comment on column ingest.feed.lease_by is 'Which task holds it.';
comment on column ingest.feed.health is 'State in an operator''s words; see docs/operations.md.';
comment on column ingest.feed.health_since is 'Since when it has been in that state.';
comment on column ingest.feed.failures is 'Failed polls in a row.';
comment on column ingest.feed.last_polled_at is 'Last poll, whatever its outcome.';
comment on column ingest.feed.last_success_at is 'Last poll that brought a feed or an honest "unchanged".';
comment on column ingest.feed.last_new_entry_at is 'Last poll that brought a new entry, not counting the first: there all are new.';
comment on column ingest.feed.newest_entry_at is 'Newest believed publication date that it ever listed.';
comment on column ingest.feed.known_share is 'Share of already-known entries in the last full answer.';
comment on column ingest.feed.listed is 'The entries of the document as it stood last: an answer "not modified" lists them again.';
comment on column ingest.feed.listed_at is 'Last poll that brought the document itself.';
comment on column ingest.feed.last_error is 'What went wrong last, in words; null after a good poll.';
comment on column ingest.feed.moved_to is 'Where permanent redirects lead.';
comment on column ingest.feed.moved_polls is 'For how many polls in a row they led there.';

create table ingest.poll (
    poll_id bigint generated always as identity,
    feed_id int not null references ingest.feed,
    polled_at timestamptz not null,
    duration_ms int not null check (duration_ms >= 0),
    outcome text not null check (outcome in ('new_entries', 'nothing_new', 'not_modified', 'same_body', 'empty', 'not_a_feed', 'blocked', 'refused', 'unreachable', 'gone', 'error')),
    http_status int check (http_status between 100 and 999),
    bytes bigint check (bytes >= 0),
    entries_listed int not null default 0 check (entries_listed >= 0),
    entries_new int not null default 0 check (entries_new between 0 and entries_listed),
    entries_changed int not null default 0 check (entries_changed between 0 and entries_listed),
    overflow boolean not null default false,
    health text not null,
    error text,
    primary key (feed_id, polled_at, poll_id)
) partition by range (polled_at);
create table ingest.poll_default partition of ingest.poll default;
comment on table ingest.poll is 'Every visit to a feed, kept as history; partitioned by month.';
comment on table ingest.poll_default is 'Polls of months without a partition of their own: nothing is lost when none was made ahead.';
comment on column ingest.poll.poll_id is 'Identity.';
comment on column ingest.poll.feed_id is 'Which feed.';
comment on column ingest.poll.polled_at is 'When the visit began.';
comment on column ingest.poll.duration_ms is 'How long it took, milliseconds.';
comment on column ingest.poll.outcome is 'What came of it.';
comment on column ingest.poll.http_status is 'Status of the answer; null when there was none.';
comment on column ingest.poll.bytes is 'Size of the body after decompression.';
comment on column ingest.poll.entries_listed is 'Entries in the document.';
comment on column ingest.poll.entries_new is 'Of these, not known before.';
comment on column ingest.poll.entries_changed is 'Of these, known but with changed content.';
comment on column ingest.poll.overflow is 'No entry was shared with the poll before: some may have passed unseen.';
comment on column ingest.poll.health is 'The feed''s health after this poll.';
comment on column ingest.poll.error is 'What went wrong, in words.';

create function ingest.make_poll_partitions(from_day date, until_day date) returns int
language plpgsql as $$
declare
    month date := date_trunc('month', from_day);
    made int := 0;
    part text;
begin
    while month <= until_day loop
        part := 'poll_' || to_char(month, 'YYYY_MM');
        -- A month that already stands in the default partition stays there: moving it would lock the table.
        if to_regclass('ingest.' || part) is null and not exists (
            select from ingest.poll_default
            where polled_at >= month::timestamp at time zone 'UTC'
              and polled_at < (month + interval '1 month') at time zone 'UTC'
        ) then
            execute format('create table ingest.%I partition of ingest.poll for values from (%L) to (%L)',
                part, month::timestamp at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
            execute format('comment on table ingest.%I is %L', part, 'Polls of ' || to_char(month, 'YYYY-MM') || ' (UTC).');
            made := made + 1;
        end if;
        month := month + interval '1 month';
    end loop;
    return made;
end
$$;
comment on function ingest.make_poll_partitions(date, date) is 'Makes the missing monthly partitions of ingest.poll between two days; returns how many it made.';

create table ingest.host (
    host text primary key check (host <> ''),
    next_visit_at timestamptz not null default '-infinity',
    busy_until timestamptz,
    busy_by text,
    robots_status int,
    robots_text text,
    robots_checked_at timestamptz,
    robots_expires_at timestamptz,
    failures int not null default 0 check (failures >= 0),
    last_error text,
    check ((busy_until is null) = (busy_by is null))
);
comment on table ingest.host is 'Politeness towards one host, shared by all workers.';
comment on column ingest.host.host is 'Host, with the port when it is not the scheme''s own.';
comment on column ingest.host.next_visit_at is 'No visit before.';
comment on column ingest.host.busy_until is 'Somebody is visiting; free again after this time at the latest.';
comment on column ingest.host.busy_by is 'Who is visiting.';
comment on column ingest.host.robots_status is 'Status that /robots.txt answered with; null when it could not be reached.';
comment on column ingest.host.robots_text is 'The robots.txt in force; null when there is none.';
comment on column ingest.host.robots_checked_at is 'When it was fetched.';
comment on column ingest.host.robots_expires_at is 'When it is fetched again.';
comment on column ingest.host.failures is 'Failed visits in a row.';
comment on column ingest.host.last_error is 'What went wrong last, in words.';

create table ingest.registry (
    registry_id int generated always as identity primary key,
    digest text not null,
    content jsonb not null,
    in_force_from timestamptz not null,
    in_force_until timestamptz check (in_force_until >= in_force_from)
);
create unique index registry_in_force on ingest.registry ((true)) where in_force_until is null;
comment on table ingest.registry is 'Every registry of feeds that was ever in force; the last valid one stays in force while feeds.yaml is broken.';
comment on column ingest.registry.registry_id is 'Identity.';
comment on column ingest.registry.digest is 'SHA-256 of the file.';
comment on column ingest.registry.content is 'The validated file.';
comment on column ingest.registry.in_force_from is 'Since when.';
comment on column ingest.registry.in_force_until is 'Until when; null for the present one.';

create table ingest.schema_state (
    part text primary key,
    digest text not null,
    changed_at timestamptz not null default now()
);
comment on table ingest.schema_state is 'Which state of the re-creatable parts of the schema (views) stands in this database.';
comment on column ingest.schema_state.part is 'Which part: views.';
comment on column ingest.schema_state.digest is 'SHA-256 of its files.';
comment on column ingest.schema_state.changed_at is 'When it was last re-created.';
