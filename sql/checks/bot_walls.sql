-- name: bot_walls(now)
-- meaning: No host blocks Wirewatch: not at the last three visits, for the last three articles, or at the last three polls of a feed.
-- severity: warning
-- when: cycle
-- fix: Open one of its pages in a browser. Ask the site to allow the User-Agent, or remove its feeds from feeds.yaml; Wirewatch does not disguise itself.
with settled as (
    select entry.host, entry.reason, row_number() over (partition by entry.host order by entry.state_at desc) as nth
    from ingest.entry
    where entry.first_seen_at > :now::timestamptz - interval '7 days'
      and (entry.state in ('extracted', 'labelled') or entry.reason in ('bot_wall', 'paywall', 'no_text', 'not_article', 'extraction_failed', 'retries_exhausted', 'gone'))
      and entry.host is not null
), walled as (
    select host, 'its last three articles were blocked' as finding
    from settled
    where nth <= 3
    group by host
    having count(*) = 3 and bool_and(coalesce(reason = 'bot_wall', false))
    union all
    select host, failures || ' visits in a row were refused: ' || last_error
    from ingest.host
    where failing_as = 'bot_wall' and failures >= 3
    union all
    select host, failures || ' polls of ' || url || ' in a row were refused: ' || last_error
    from ingest.feed
    where health = 'blocked' and failures >= 3 and retired_at is null
)
select host as subject, string_agg(finding, '; ') as finding, (select count(*) from ingest.host) as of
from walled
group by host;
