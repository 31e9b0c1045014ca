-- Pages of the past that an operator imported: when, apart from when they were seen.

alter table ingest.entry add column imported_at timestamptz;
comment on column ingest.entry.imported_at is 'When `wirewatch import` took it over; null for what a feed listed. first_seen_at is when the page was seen by whoever kept it, as far as the file says.';
