-- What weighs of old months can be moved to Parquet files; what the views count stays.

create table news.cold_month (
    month date primary key check (extract(day from month) = 1),
    folder text not null check (folder <> ''),
    files jsonb not null,
    articles int not null check (articles > 0),
    bytes bigint not null check (bytes > 0),
    moved_at timestamptz not null
);
comment on table news.cold_month is 'Months whose texts, fingerprints and evidence of what is no tag in force are in files; a month that came back has no row.';
comment on column news.cold_month.month is 'First day of the month (UTC) in which its articles were first seen.';
comment on column news.cold_month.folder is 'Folder or fsspec URL of its files.';
comment on column news.cold_month.files is 'For each table of the files {name, rows, bytes, sha256}; texts, fingerprints, evidence.';
comment on column news.cold_month.articles is 'Articles whose texts are in the files.';
comment on column news.cold_month.bytes is 'Size of the files.';
comment on column news.cold_month.moved_at is 'When they were moved.';

alter table news.article_version
    add column cold boolean not null default false,
    drop constraint article_version_text_check,
    add constraint article_version_text_check check (text <> '' or cold) not valid;
create index article_version_cold on news.article_version (article_id) where cold;
comment on column news.article_version.cold is 'Whether its text is in the files of news.cold_month, and empty here.';
comment on column news.article_version.text is 'Main text, one paragraph a line; empty where cold.';
