-- Entries, their revisions, and the pages fetched for them.

create table ingest.page (
    page_id bigint generated always as identity primary key,
    url text not null check (url ~ '^https?://'),
    final_url text not null check (final_url ~ '^https?://'),
    fetched_at timestamptz not null,
    http_status int not null check (http_status between 100 and 999),
    content_type text,
    bytes bigint not null check (bytes >= 0),
    archive_file text not null check (archive_file <> ''),
    archive_offset bigint not null check (archive_offset >= 0),
    archive_length bigint not null check (archive_length > 0),
    digest text not null check (digest ~ '^sha(1|256):'),
    unique (archive_file, archive_offset)
);
comment on table ingest.page is 'One fetched document, kept raw in a WARC file so that it can be read again later.';
comment on column ingest.page.page_id is 'Identity.';
comment on column ingest.page.url is 'As asked.';
comment on column ingest.page.final_url is 'As answered, after redirects.';
comment on column ingest.page.fetched_at is 'When.';
comment on column ingest.page.http_status is 'Status of the answer.';
comment on column ingest.page.content_type is 'Content-Type of the answer.';
comment on column ingest.page.bytes is 'Size after decompression.';
comment on column ingest.page.archive_file is 'WARC file, relative to the archive''s root.';
comment on column ingest.page.archive_offset is 'Byte offset of the record in the file.';
comment on column ingest.page.archive_length is 'Length of the record in bytes, as stored.';
comment on column ingest.page.digest is 'WARC-Payload-Digest of the record.';

create table news.article (
    article_id bigint generated always as identity primary key,
    outlet_id int not null references news.outlet,
    url text not null check (url ~ '^https?://'),
    url_key text not null unique check (url_key <> ''),
    shard int generated always as (abs(hashtext(substring(url from '^https?://([^/?#]+)')) % 5040)) stored,
    canonical_key text,
    version int not null default 1 check (version >= 1),
    first_seen_at timestamptz not null,
    linked_at timestamptz,
    tagged_at timestamptz,
    revisit_at timestamptz,
    vanished_at timestamptz
);
create index article_unlinked on news.article (article_id) where linked_at is null;
create index article_untagged on news.article (article_id) where tagged_at is null;
create index article_revisit on news.article (revisit_at) where revisit_at is not null;
create index article_site on news.article (substring(url from '^https?://([^/?#]+)'), article_id);
create index article_canonical on news.article (canonical_key);
create index article_first_seen on news.article (first_seen_at);
comment on table news.article is 'One article at one address; its words are in article_version.';
comment on column news.article.article_id is 'Identity.';
comment on column news.article.outlet_id is 'Who published it.';
comment on column news.article.url is 'Address.';
comment on column news.article.url_key is 'The address in the form that decides whether two are the same.';
comment on column news.article.shard is 'Hash of the host, as in ingest.entry: which task visits it again.';
comment on column news.article.canonical_key is 'The same form of the address that the page names as canonical.';
comment on column news.article.version is 'The present version.';
comment on column news.article.first_seen_at is 'When a feed first listed it to us.';
comment on column news.article.linked_at is 'When copies of its present version were looked for; null when that is still to do.';
comment on column news.article.tagged_at is 'When its present version was tagged; null when that is still to do.';
comment on column news.article.revisit_at is 'When its page is fetched again to see whether it changed.';
comment on column news.article.vanished_at is 'When its page was found gone.';

create table news.article_version (
    article_id bigint not null references news.article,
    version int not null check (version >= 1),
    page_id bigint references ingest.page,
    title text not null,
    text text not null check (text <> ''),
    text_digest text not null,
    authors text[] not null default '{}',
    published_at timestamptz,
    published_source text,
    modified_at timestamptz,
    dates jsonb not null default '[]' check (jsonb_typeof(dates) = 'array'),
    language text,
    canonical_url text,
    section text,
    wire text,
    dateline text,
    extractor text not null,
    extracted_at timestamptz not null,
    diff_ratio real check (diff_ratio between 0 and 1),
    primary key (article_id, version),
    check ((published_at is null) = (published_source is null))
);
create index article_version_digest on news.article_version (text_digest);
create index article_version_published on news.article_version (published_at);
create index article_version_page on news.article_version (page_id);
alter table news.article add constraint article_has_version
    foreign key (article_id, version) references news.article_version deferrable initially deferred;
comment on table news.article_version is 'The words of an article as they stood at one time; a later change of the page, or of the extractor, adds a version.';
comment on column news.article_version.article_id is 'Which article.';
comment on column news.article_version.version is 'Counts from 1.';
comment on column news.article_version.page_id is 'The page it was read from; null when the feed carried the text.';
comment on column news.article_version.title is 'Headline.';
comment on column news.article_version.text is 'Main text, one paragraph a line.';
comment on column news.article_version.text_digest is 'SHA-256 of the text, whitespace folded.';
comment on column news.article_version.authors is 'Bylines.';
comment on column news.article_version.published_at is 'Publication time that is believed; null when none is. Never a time of ours.';
comment on column news.article_version.published_source is 'Where that time was read: feed:published, html:json-ld, url …';
comment on column news.article_version.modified_at is 'Last change that the page itself claims.';
comment on column news.article_version.dates is 'Every date that something claimed: [{source, raw, value, zone_assumed, rejected}].';
comment on column news.article_version.language is 'ISO 639-1.';
comment on column news.article_version.canonical_url is 'Address that the page names as canonical.';
comment on column news.article_version.section is 'Section of the outlet.';
comment on column news.article_version.wire is 'Credited news agency.';
comment on column news.article_version.dateline is 'Place and date as printed.';
comment on column news.article_version.extractor is 'Name and version of what read the page.';
comment on column news.article_version.extracted_at is 'When it was read.';
comment on column news.article_version.diff_ratio is 'Share of the text that changed against the version before; null for the first.';

create table ingest.entry (
    entry_id bigint generated always as identity primary key,
    feed_id int not null references ingest.feed,
    identity text not null check (identity <> ''),
    identity_kind text not null check (identity_kind in ('guid', 'link', 'hash')),
    url text check (url ~ '^https?://'),
    url_key text,
    host text,
    shard int generated always as (abs(hashtext(host) % 5040)) stored,
    title text not null,
    summary text,
    content text,
    authors text[] not null default '{}',
    language text,
    published_at timestamptz,
    published_source text,
    dates jsonb not null default '[]' check (jsonb_typeof(dates) = 'array'),
    digest text not null,
    revision int not null default 1 check (revision >= 1),
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    state text not null check (state in ('new', 'fetching', 'fetched', 'extracted', 'labelled', 'dropped')),
    state_at timestamptz not null,
    reason text check (reason in ('no_url', 'bad_url', 'robots_disallowed', 'blocked_address', 'gone', 'bot_wall', 'paywall', 'not_html', 'not_article', 'too_large', 'too_many_redirects', 'no_text', 'too_old', 'extraction_failed', 'retries_exhausted')),
    detail text,
    attempts int not null default 0 check (attempts >= 0),
    next_try_at timestamptz not null,
    lease_until timestamptz,
    lease_by text,
    page_id bigint references ingest.page,
    article_id bigint references news.article,
    unique (feed_id, identity),
    check (last_seen_at >= first_seen_at),
    check ((url is null) = (url_key is null) and (url is null) = (host is null)),
    check ((state = 'dropped') = (reason is not null)),
    check (state <> 'fetched' or page_id is not null),
    check (state not in ('extracted', 'labelled') or article_id is not null),
    check (state not in ('new', 'fetching', 'fetched') or url is not null),
    check ((state = 'fetching') = (lease_until is not null and page_id is null) or state = 'fetched'),
    check ((lease_until is null) = (lease_by is null))
);
create index entry_waiting on ingest.entry (next_try_at, entry_id) where state in ('new', 'fetching', 'fetched');
create index entry_waiting_at_host on ingest.entry (host, next_try_at, entry_id) where state in ('new', 'fetching', 'fetched');
create index entry_leased on ingest.entry (url_key) where lease_until is not null;
create index entry_extracted on ingest.entry (article_id) where state = 'extracted';
create index entry_url_key on ingest.entry (url_key);
create index entry_article on ingest.entry (article_id);
create index entry_first_seen on ingest.entry (first_seen_at);
comment on table ingest.entry is 'One item that a feed listed, known by its identity within the feed, never by its date. Every entry is in exactly one state.';
comment on column ingest.entry.entry_id is 'Identity.';
comment on column ingest.entry.feed_id is 'Which feed listed it.';
comment on column ingest.entry.identity is 'guid, else link, else a hash of its content; unique within the feed.';
comment on column ingest.entry.identity_kind is 'Which of the three it is.';
comment on column ingest.entry.url is 'Address of the article, unwrapped and without trackers; null when the feed gave none.';
comment on column ingest.entry.url_key is 'The address in the form that decides whether two are the same.';
comment on column ingest.entry.host is 'Host of the address: the unit of politeness.';
comment on column ingest.entry.shard is 'Hash of the host, 0 to 5039; a mapped task takes those with shard modulo its number.';
comment on column ingest.entry.title is 'Title in the feed.';
comment on column ingest.entry.summary is 'Summary in the feed, plain text.';
comment on column ingest.entry.content is 'The text itself where the feed carries it, HTML.';
comment on column ingest.entry.authors is 'Authors in the feed.';
comment on column ingest.entry.language is 'Language in the feed.';
comment on column ingest.entry.published_at is 'Publication time in the feed, when it can be believed.';
comment on column ingest.entry.published_source is 'Which element of the feed it stood in.';
comment on column ingest.entry.dates is 'Every date that the feed claimed, believed or not: [{source, raw, value, zone_assumed, rejected}].';
comment on column ingest.entry.digest is 'SHA-256 of address, title, summary and content: tells whether a known identity changed.';
comment on column ingest.entry.revision is 'Counts changes of its content, from 1; older ones are in entry_revision.';
comment on column ingest.entry.first_seen_at is 'First poll that listed it.';
comment on column ingest.entry.last_seen_at is 'Last poll that listed it.';
comment on column ingest.entry.state is 'new → fetching → fetched → extracted → labelled, or dropped.';
comment on column ingest.entry.state_at is 'Since when it has been in that state.';
comment on column ingest.entry.reason is 'Why it was dropped; null otherwise.';
comment on column ingest.entry.detail is 'The reason, or the last failure, in words.';
comment on column ingest.entry.attempts is 'Fetches tried.';
comment on column ingest.entry.next_try_at is 'Not fetched before.';
comment on column ingest.entry.lease_until is 'A task holds it until then; an expired lease is free.';
comment on column ingest.entry.lease_by is 'Which task holds it.';
comment on column ingest.entry.page_id is 'The page fetched for it.';
comment on column ingest.entry.article_id is 'The article it led to; several entries may share one.';

create table ingest.entry_revision (
    entry_id bigint not null references ingest.entry,
    revision int not null check (revision >= 1),
    url text,
    title text not null,
    summary text,
    content text,
    published_at timestamptz,
    seen_until timestamptz not null,
    primary key (entry_id, revision)
);
comment on table ingest.entry_revision is 'What an entry said before the feed changed it under the same identity.';
comment on column ingest.entry_revision.entry_id is 'Which entry.';
comment on column ingest.entry_revision.revision is 'Which of its revisions.';
comment on column ingest.entry_revision.url is 'Address then.';
comment on column ingest.entry_revision.title is 'Title then.';
comment on column ingest.entry_revision.summary is 'Summary then.';
comment on column ingest.entry_revision.content is 'Content then.';
comment on column ingest.entry_revision.published_at is 'Publication time then.';
comment on column ingest.entry_revision.seen_until is 'Last poll that listed it so.';

create table ingest.repeated_line (
    host text not null check (host <> ''),
    line_hash bigint not null,
    line text not null check (line <> ''),
    articles int not null check (articles >= 1),
    learned_at timestamptz not null,
    primary key (host, line_hash)
);
comment on table ingest.repeated_line is 'Lines that a host repeats on its pages and that are no part of a story: left out of its next articles. Deleting a row forgets it.';
comment on column ingest.repeated_line.host is 'Host, with the port when it is not the scheme''s own.';
comment on column ingest.repeated_line.line_hash is 'Hash of the line with case, spaces and punctuation folded.';
comment on column ingest.repeated_line.line is 'The line as it stood in one article.';
comment on column ingest.repeated_line.articles is 'In how many of the articles looked at it stood.';
comment on column ingest.repeated_line.learned_at is 'When it was learned.';
