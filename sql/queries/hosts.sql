-- name: begin_visit(host, by, delay_s, lease_s)^
-- Takes the slot of a host if it is free and the delay has passed; else returns the minimum wait, and who visits.
-- The database's clock is used, so that workers with different clocks keep the same delay. The next visit is
-- delayed here already: a worker that dies never shortens the delay. Neither this commit nor end_visit's waits for the
-- disk: a server that crashes ends every worker's connection, so a slot that is lost then does no harm. Always one row.
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
-- Keeps a slot for another request to the same host, e.g. after a redirect; 0 rows when the lease has expired.
update ingest.host
set busy_until = now() + make_interval(secs => :lease_s), next_visit_at = now() + make_interval(secs => :delay_s)
where host = :host and busy_by = :by;

-- name: end_visit(host, by, delay_s, counted, error, failing_as)!
-- Releases a slot; the next one begins after the delay. An error counts as a failed visit, null as a successful one, if
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
-- Releases all slots of a worker whose visits were interrupted by a fault on our side; the delays stay.
update ingest.host set busy_until = null, busy_by = null where busy_by = :by;

-- name: get_robots(host)^
-- Returns the robots.txt of a host: known tells whether it was fetched within 30 days, fresh whether it
-- is still valid (or, when nothing is known, whether to wait before the next attempt).
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
-- A robots.txt could not be fetched: the known one stays valid, and is tried again later.
update ingest.host
set robots_expires_at = now() + make_interval(secs => :valid_s)
where host = :host;
