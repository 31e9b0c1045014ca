-- Fingerprints, copies and stories.

create table news.story (
    story_id bigint generated always as identity primary key,
    origin_article_id bigint not null references news.article,
    origin_reason text not null
        check (origin_reason in ('only_article', 'credited_wire', 'earliest_published', 'earliest_seen', 'undated')),
    updated_at timestamptz not null,
    merged_into bigint references news.story,
    check (merged_into <> story_id)
);
create index story_by_origin on news.story (origin_article_id);
comment on table news.story is 'Articles linked by copies: one independent report and all its copies.';
comment on column news.story.story_id is 'Identity.';
comment on column news.story.origin_article_id is 'The article that had it first.';
comment on column news.story.origin_reason is 'Why that one: only_article, credited_wire (the agency that others credit), earliest_published, earliest_seen, or undated.';
comment on column news.story.updated_at is 'When its origin last changed.';
comment on column news.story.merged_into is 'The older story that its articles went to when they were found to be one; null while it has articles of its own.';

alter table news.article add column story_id bigint references news.story;
alter table news.article add check (linked_at is null or story_id is not null);
create index article_story on news.article (story_id);
comment on column news.article.story_id is 'The story it belongs to; null until copies were looked for.';

create table news.fingerprint (
    article_id bigint primary key references news.article,
    version int not null check (version >= 1),
    method text not null check (method <> ''),
    seen_at timestamptz not null,
    language text,
    digest bigint not null,
    sketch bigint[] not null,
    facts bigint[] not null,
    sentences bigint[] not null,
    sentence_keys bigint[] not null
);
-- fastupdate would make every look-up read the whole list of what waits to be filed
create index fingerprint_sketch on news.fingerprint using gin (sketch) with (fastupdate = off);
create index fingerprint_facts on news.fingerprint using gin (facts) with (fastupdate = off);
create index fingerprint_sentence_keys on news.fingerprint using gin (sentence_keys) with (fastupdate = off);
create index fingerprint_digest on news.fingerprint (digest);
create index fingerprint_method on news.fingerprint (method);
comment on table news.fingerprint is 'What an article''s copies are found by. Its arrays are hashes filed under the week of seen_at, so that a look-up in the weeks around an article costs the same however many years there are.';
comment on column news.fingerprint.article_id is 'Which article.';
comment on column news.fingerprint.version is 'Which version of it was read.';
comment on column news.fingerprint.method is 'Name and version of the method; another one is worth a new fingerprint.';
comment on column news.fingerprint.seen_at is 'When the article was first seen.';
comment on column news.fingerprint.language is 'Language of the text, ISO 639-1.';
comment on column news.fingerprint.digest is 'Hash of all words: equal for texts that differ in case, punctuation and space only.';
comment on column news.fingerprint.sketch is 'The smallest hashes of its word sequences (MinHash): texts that share one are candidates.';
comment on column news.fingerprint.facts is 'Hashes of names, numbers and dates, which survive translation: texts that share some are candidates.';
comment on column news.fingerprint.sentences is 'Hash of each sentence, not filed under a week.';
comment on column news.fingerprint.sentence_keys is 'Hash of each sentence filed under site and week, except those that are known as the site''s furniture.';

create table news.copy (
    copy_id bigint generated always as identity primary key,
    article_id bigint not null references news.article,
    of_article_id bigint not null references news.article,
    kind text not null check (kind in ('same_url', 'identical', 'syndicated', 'near', 'update', 'partial', 'translation')),
    score real not null check (score between 0 and 1),
    is_source boolean not null,
    method text not null check (method <> ''),
    valid_from timestamptz not null,
    valid_to timestamptz check (valid_to >= valid_from),
    check (article_id <> of_article_id)
);
create unique index copy_in_force on news.copy (article_id, of_article_id) where valid_to is null;
create unique index copy_source on news.copy (article_id) where valid_to is null and is_source;
create index copy_of on news.copy (of_article_id) where valid_to is null;
comment on table news.copy is 'A typed, scored link "article copies of_article". Links are closed, never overwritten or deleted.';
comment on column news.copy.copy_id is 'Identity.';
comment on column news.copy.article_id is 'The copy.';
comment on column news.copy.of_article_id is 'What it copies.';
comment on column news.copy.kind is 'same_url, identical, syndicated, near, update, partial or translation.';
comment on column news.copy.score is 'Share of the copy''s text that stands in the other, 0 to 1.';
comment on column news.copy.is_source is 'Whether it is what the article most likely was taken from, at most one; by it the article belongs to a story.';
comment on column news.copy.method is 'Name and version of the method that found it.';
comment on column news.copy.valid_from is 'When it was found.';
comment on column news.copy.valid_to is 'When something better took its place; null while it holds.';
