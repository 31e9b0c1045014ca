-- A visit to a feed no longer says how a host fares: many hosts let robots have their feeds and not their pages.
comment on column ingest.host.failures is 'Failed visits in a row, those to feeds apart: each feed has its own count.';
comment on column ingest.host.last_error is 'What went wrong at the last of these visits, in words; null after a good one.';
comment on column ingest.host.failing_as is 'What the last of these visits failed with; null after a good one.';
