-- Fingerprints, copies and stories.

create table news.story (
    story_id bigint generated always as identity primary key,
    origin_article_id bigint not null references news.article,
    origin_reason text not null check (origin_reason <> ''),
    updated_at timestamptz not null
);
create index story_origin on news.story (origin_article_id);
comment on table news.story is 'Articles linked by copies: one independent report and all its copies.';
comment on column news.story.story_id is 'Identity.';
comment on column news.story.origin_article_id is 'The article that had it first.';
comment on column news.story.origin_reason is 'Why that one: only_article, earliest_published, earliest_seen, credited_wire …';
comment on column news.story.updated_at is 'When its members or its origin last changed.';

alter table news.article add column story_id bigint references news.story;
alter table news.article add check (linked_at is null or story_id is not null);
create index article_story on news.article (story_id);
comment on column news.article.story_id is 'The story it belongs to; null until copies were looked for.';

create table news.fingerprint (
    article_id bigint not null,
    version int not null,
    method text not null check (method <> ''),
    bands bigint[] not null default '{}',
    shingles bigint[] not null default '{}',
    facts bigint[] not null default '{}',
    seen_at timestamptz not null,
    primary key (article_id, version, method),
    foreign key (article_id, version) references news.article_version
);
create index fingerprint_bands on news.fingerprint using gin (bands);
create index fingerprint_seen on news.fingerprint (seen_at);
comment on table news.fingerprint is 'What copies are found by: one row per article version and method.';
comment on column news.fingerprint.article_id is 'Which article.';
comment on column news.fingerprint.version is 'Which version of it.';
comment on column news.fingerprint.method is 'Name and version of the method; another method adds rows and leaves these.';
comment on column news.fingerprint.bands is 'Hashed MinHash bands: two texts that share one are candidates.';
comment on column news.fingerprint.shingles is 'Hashes of the text''s word sequences, a sorted sample by which overlap is measured.';
comment on column news.fingerprint.facts is 'Hashes of what survives rewriting and translation: names, numbers, places, dates.';
comment on column news.fingerprint.seen_at is 'When the article was first seen: candidates are looked for in a window around it.';

create table news.copy (
    copy_id bigint generated always as identity primary key,
    article_id bigint not null references news.article,
    of_article_id bigint not null references news.article,
    kind text not null check (kind in ('same_url', 'identical', 'syndicated', 'near', 'update', 'partial', 'translation')),
    score real not null check (score between 0 and 1),
    method text not null check (method <> ''),
    valid_from timestamptz not null,
    valid_to timestamptz check (valid_to >= valid_from),
    check (article_id <> of_article_id)
);
create unique index copy_in_force on news.copy (article_id, of_article_id) where valid_to is null;
create index copy_of on news.copy (of_article_id) where valid_to is null;
comment on table news.copy is 'A typed, scored link "article copies of_article". Links are closed, never overwritten or deleted.';
comment on column news.copy.copy_id is 'Identity.';
comment on column news.copy.article_id is 'The copy.';
comment on column news.copy.of_article_id is 'What it copies.';
comment on column news.copy.kind is 'same_url, identical, syndicated, near, update, partial or translation.';
comment on column news.copy.score is 'Share of the copy''s text that stands in the other, 0 to 1.';
comment on column news.copy.method is 'Name and version of the method that found it.';
comment on column news.copy.valid_from is 'When it was found.';
comment on column news.copy.valid_to is 'When something better took its place; null while it holds.';
