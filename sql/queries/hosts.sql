-- name: begin_visit(host, by, delay_s, lease_s)^
-- Takes a host's turn if nobody has it and its delay has passed; else says how long to wait at least, and who visits.
-- The host's clock is the database's, so that workers with different clocks keep the same delay. The next visit is
-- put off already here: a worker that dies never shortens the delay. Neither this commit nor end_visit's waits for the
-- disk: a server that crashes ends every worker's connection, so a turn forgotten in its last moment harms nobody.
with turn as (
    insert into ingest.host as host (host, next_visit_at, busy_until, busy_by)
    values (
        :host, now() + make_interval(secs => :delay_s), now() + make_interval(secs => :lease_s), :by
    )
    on conflict (host) do update
    set next_visit_at = excluded.next_visit_at, busy_until = excluded.busy_until, busy_by = excluded.busy_by
    where host.next_visit_at <= now() and (host.busy_until is null or host.busy_until <= now())
    returning set_config('synchronous_commit', 'off', true)
)
select
    exists (select from turn) as granted,
    coalesce(extract(epoch from nullif(next_visit_at, '-infinity') - now()), 0)::float as due_in_s,
    coalesce(busy_until > now(), false) as busy
from (values (1)) as one
left join ingest.host on host = :host;

-- name: extend_visit(host, by, delay_s, lease_s)!
-- Keeps a turn for another request to the same host, as after a redirect; 0 rows when the lease had run out.
update ingest.host
set busy_until = now() + make_interval(secs => :lease_s), next_visit_at = now() + make_interval(secs => :delay_s)
where host = :host and busy_by = :by;

-- name: end_visit(host, by, delay_s, counted, error, failing_as)!
-- Gives a turn back; the next one begins after the delay. An error counts as a failed visit, null as a good one, where
-- the visit counts at all.
update ingest.host
set busy_until = null,
    busy_by = null,
    next_visit_at = now() + make_interval(secs => :delay_s),
    failures = case when not :counted then failures when :error::text is null then 0 else failures + 1 end,
    last_error = case when :counted then :error else last_error end,
    failing_as = case when :counted then :failing_as else failing_as end
from (select set_config('synchronous_commit', 'off', true)) as not_waiting
where host = :host and busy_by = :by;

-- name: release_turns(by)!
-- Gives back all turns of a worker whose visits were cut off by a fault of ours; the delays stay.
update ingest.host set busy_until = null, busy_by = null where busy_by = :by;

-- name: get_robots(host)^
-- Gives what is known of a host's robots.txt: known tells whether it was read within 30 days, fresh whether that
-- still stands (or, when nothing is known, whether to wait before the next try).
select
    robots_status,
    robots_text,
    coalesce(robots_checked_at > now() - interval '30 days', false) as known,
    coalesce(robots_expires_at > now(), false) as fresh,
    coalesce(extract(epoch from robots_expires_at - now()), 0)::float as expires_in_s,
    last_error
from ingest.host
where host = :host;

-- name: save_robots(host, status, text, valid_s)!
-- Stores the robots.txt in force: its text, or null when the host has none.
update ingest.host
set robots_status = :status,
    robots_text = :text,
    robots_checked_at = now(),
    robots_expires_at = now() + make_interval(secs => :valid_s)
where host = :host;

-- name: put_off_robots(host, valid_s)!
-- A robots.txt could not be read now: the one that is known stays in force, and the next try comes later.
update ingest.host
set robots_expires_at = now() + make_interval(secs => :valid_s)
where host = :host;
