-- One row per month whose texts are in files.
create view news.cold_months as
select month, articles, bytes, folder, moved_at from news.cold_month;
comment on view news.cold_months is 'One row per month whose texts are in files: news.search finds its articles by headline only, and texts are empty in views. `wirewatch text` reads one, `wirewatch thaw` brings a month back.';
comment on column news.cold_months.month is 'First day of the month (UTC) in which the articles were first seen.';
comment on column news.cold_months.articles is 'How many articles.';
comment on column news.cold_months.bytes is 'Size of the files.';
comment on column news.cold_months.folder is 'Folder or URL of the files: texts, fingerprints and evidence, as Parquet.';
comment on column news.cold_months.moved_at is 'When they were moved.';
grant select on news.cold_months to analyst;
