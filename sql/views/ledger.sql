create view news.ledger as
with counted as (
    select state, reason, count(*) as entries, min(first_seen_at) as first_seen_at, max(first_seen_at) as last_seen_at
    from ingest.entry
    group by state, reason
), latest as (
    select distinct on (state, reason) state, reason, detail
    from ingest.entry
    where detail is not null
    order by state, reason, state_at desc
)
select
    counted.state,
    counted.reason,
    counted.entries,
    counted.first_seen_at,
    counted.last_seen_at,
    latest.detail as latest_detail
from counted
left join latest on latest.state = counted.state and latest.reason is not distinct from counted.reason;
comment on view news.ledger is 'The state of every entry that any feed ever listed: each is counted in exactly one row.';
comment on column news.ledger.state is 'new, fetching, fetched, extracted, labelled or dropped.';
comment on column news.ledger.reason is 'Why dropped; null otherwise.';
comment on column news.ledger.entries is 'How many.';
comment on column news.ledger.first_seen_at is 'When the first of them was listed.';
comment on column news.ledger.last_seen_at is 'When the last of them was listed.';
comment on column news.ledger.latest_detail is 'Details of the latest of them, where there are any.';
grant select on news.ledger to analyst;
