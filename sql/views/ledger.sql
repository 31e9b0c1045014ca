create view news.ledger as
select
    entry.state,
    entry.reason,
    count(*) as entries,
    min(entry.first_seen_at) as first_seen_at,
    max(entry.first_seen_at) as last_seen_at,
    (array_agg(entry.detail order by entry.state_at desc) filter (where entry.detail is not null))[1] as latest_detail
from ingest.entry
group by entry.state, entry.reason;
comment on view news.ledger is 'What became of every entry that any feed ever listed: each is counted in exactly one row.';
comment on column news.ledger.state is 'new, fetching, fetched, extracted, labelled or dropped.';
comment on column news.ledger.reason is 'Why dropped; null otherwise.';
comment on column news.ledger.entries is 'How many.';
comment on column news.ledger.first_seen_at is 'When the first of them was listed.';
comment on column news.ledger.last_seen_at is 'When the last of them was listed.';
comment on column news.ledger.latest_detail is 'The latest of them in words, where something is to be said.';
grant select on news.ledger to analyst;
