-- name: network(now)
-- meaning: The network works: less than 80 % of the hosts polled in the last half hour were unreachable at once.
-- severity: critical
-- when: cycle
-- fix: The fault is on our side: check this machine's network, DNS and proxy. Failures of this time are not counted against feeds, and nothing is lost: the feeds are polled again every few minutes.
with latest as (
    select distinct on (feed.host) feed.host, poll.outcome = 'unreachable' and poll.http_status is null as silent, poll.error
    from ingest.poll
    join ingest.feed using (feed_id)
    where poll.polled_at between :now::timestamptz - interval '30 minutes' and :now
    order by feed.host, poll.polled_at desc
)
select
    'all hosts' as subject,
    count(*) filter (where silent) || ' of ' || count(*) || ' hosts polled in the last half hour were silent, as '
        || min(host) filter (where silent) as finding
from latest
having count(*) filter (where silent) >= 3 and count(*) filter (where silent) >= 0.8 * count(*);
