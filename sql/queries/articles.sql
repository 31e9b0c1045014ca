-- name: find_article(url_key)$
-- Finds the article at an address.
select article_id from news.article where url_key = :url_key;

-- name: insert_article(url, url_key, canonical_key, site, entry_keys, revisit_at)$
-- Stores a new article; null when its address has one already. Its outlet is the one whose home page is at the
-- article's site (the feed's own first, where several share a site); else the one that was learned to publish there;
-- else the one whose feed listed it first.
insert into news.article (outlet_id, url, url_key, canonical_key, first_seen_at, revisit_at)
select outlet.outlet_id, :url, :url_key, :canonical_key, listed.first_seen_at, :revisit_at
from (
    select feed.outlet_id, entry.first_seen_at
    from ingest.entry
    join ingest.feed using (feed_id)
    where entry.url_key = any (:entry_keys)
    order by entry.first_seen_at, entry.entry_id
    limit 1
) as listed
cross join news.outlet
cross join lateral (
    select regexp_replace(substring(outlet.homepage from '^https?://([^/?#]+)'), '^www\.', '') as site
) as home
cross join lateral (
    select exists (
        select from news.outlet_site as known
        where known.site = :site and known.outlet_id = outlet.outlet_id and known.pages >= 3
    ) as learned
) as publishing
where outlet.outlet_id = listed.outlet_id
   or home.site = :site
   or right(:site, length(home.site) + 1) = '.' || home.site
   or publishing.learned
order by
    coalesce(home.site = :site or right(:site, length(home.site) + 1) = '.' || home.site, false) desc,
    case when home.site = :site or right(:site, length(home.site) + 1) = '.' || home.site then length(home.site) end
        desc nulls last,
    publishing.learned desc,
    (outlet.outlet_id = listed.outlet_id) desc,
    (outlet.retired_at is null) desc,
    outlet.outlet_id
limit 1
on conflict (url_key) do nothing
returning article_id;

-- name: insert_told_article(url, url_key, feed_id, entry_id)$
-- Stores an article that a feed told about a page of another outlet's site; null when it told it before.
insert into news.article (outlet_id, url, url_key, first_seen_at, as_told_by)
select feed.outlet_id, :url, :url_key, entry.first_seen_at, feed.feed_id
from ingest.entry
join ingest.feed using (feed_id)
where entry.entry_id = :entry_id and feed.feed_id = :feed_id
on conflict (url_key) do nothing
returning article_id;

-- name: learn_site(article_id, site, feed_id)!
-- Counts a page whose headline is the one in a feed as evidence that the feed's outlet publishes at its site.
insert into news.outlet_site as known (site, outlet_id, pages, first_article_id, learned_at)
select :site, outlet.outlet_id, 1, :article_id, now()
from ingest.feed
join news.outlet using (outlet_id)
where feed.feed_id = :feed_id and outlet.kind <> 'aggregator'
on conflict (site, outlet_id) do update set pages = known.pages + 1 where known.pages < 3;

-- name: insert_version(article_id, version, page_id, title, text, text_digest, authors, published_at, published_source, modified_at, dates, language, canonical_url, section, wire, dateline, extractor, extracted_at, diff_ratio)!
-- Stores one version of an article's words.
insert into news.article_version (
    article_id, version, page_id, title, text, text_digest, authors, published_at, published_source, modified_at,
    dates, language, canonical_url, section, wire, dateline, extractor, extracted_at, diff_ratio
)
values (
    :article_id, :version, :page_id, :title, :text, :text_digest, :authors, :published_at, :published_source,
    :modified_at, :dates, :language, :canonical_url, :section, :wire, :dateline, :extractor, :extracted_at, :diff_ratio
);

-- name: advance_version(article_id, version)!
-- Makes a new version the current one; copies and tags are found again. 0 rows when another worker was faster.
update news.article
set version = :version, linked_at = null, tagged_at = null, vanished_at = null
where article_id = :article_id and version = :version - 1;

-- name: claim_revisit(shard, shards, busy, until, now)^
-- Claims the article whose page has waited longest to be looked at again, at a host that is not in busy; it comes up
-- again at "until" should this worker die.
update news.article
set revisit_at = :until
from news.article_version as present, news.article_version as first, news.outlet
where article.article_id = (
    select waiting.article_id
    from news.article as waiting
    where waiting.revisit_at <= :now
      and mod(waiting.shard, :shards) = :shard
      and substring(waiting.url from '^https?://([^/?#]+)') <> all (:busy)
    order by waiting.revisit_at
    limit 1
    for update skip locked
  )
  and present.article_id = article.article_id and present.version = article.version
  and first.article_id = article.article_id and first.version = 1
  and outlet.outlet_id = article.outlet_id
returning
    article.article_id, article.url, article.version, substring(article.url from '^https?://([^/?#]+)') as host,
    first.extracted_at as first_read_at, present.title, present.text, present.authors, present.language,
    present.dates, outlet.timezone;

-- name: settle_revisit(article_id, revisit_at, vanished, now)!
-- Records the result of a revisit, and when to visit again (null: never); a page that is back has not vanished.
update news.article
set revisit_at = :revisit_at, vanished_at = case when :vanished then coalesce(vanished_at, :now) end
where article_id = :article_id;

-- name: put_off_revisit(article_id, revisit_at)!
-- Delays the revisit of an article: this visit had no result.
update news.article
set revisit_at = :revisit_at
where article_id = :article_id;

-- name: articles_to_reread(since, after, n)
-- Lists articles whose current version was read from a page that was fetched since a time, in order of their id.
select
    article.article_id, article.version, present.title, present.text, present.authors, present.published_at,
    present.published_source, present.modified_at, present.language, present.canonical_url, present.section,
    present.wire, present.dateline, present.dates, outlet.timezone,
    substring(article.url from '^https?://([^/?#]+)') as host,
    page.page_id, page.final_url, page.fetched_at, page.archive_file, page.archive_offset, page.archive_length,
    page.digest
from news.article
join news.article_version as present using (article_id, version)
join news.outlet using (outlet_id)
join ingest.page using (page_id)
where page.fetched_at >= :since and article.article_id > :after and not present.cold
order by article.article_id
limit :n;

-- name: latest_texts(host, n)
-- Returns the texts of a host's latest articles.
select present.text
from news.article
join news.article_version as present using (article_id, version)
where substring(article.url from '^https?://([^/?#]+)') = :host and not present.cold
order by article.article_id desc
limit :n;

-- name: repeated_lines(host)
-- Lists the hashes of the lines that a host is known to repeat.
select line_hash from ingest.repeated_line where host = :host;

-- name: save_repeated_lines()!
-- Remembers lines that a host repeats.
insert into ingest.repeated_line (host, line_hash, line, articles, learned_at)
values %s
on conflict do nothing;

-- name: article_text(article_id)^
-- Returns the current version of an article, and when it was reported.
select
    article.version, article_version.title, article_version.text, article_version.language, article.url,
    outlet.key as outlet,
    coalesce(article_version.published_at, article.first_seen_at) as reported_at
from news.article
join news.article_version using (article_id, version)
join news.outlet using (outlet_id)
where article_id = :article_id;
