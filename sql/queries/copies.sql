-- name: lock_linking()!
-- Waits until no other task links copies; the lock ends with the transaction.
select from ingest.lock where name = 'linking' for update;

-- name: prefer_indexes()!
-- Makes this transaction prefer indexes: the planner does not know how rare a key is.
set local enable_seqscan = off;

-- name: unlinked_articles(most)
-- Articles whose copies are still to be looked for, the oldest rows first.
select article_id
from news.article
where linked_at is null
order by article_id
limit :most;

-- name: articles_to_link(articles)
-- Returns the current text of articles, with their metadata. Never null: told.
select
    article.article_id, article.version, version.title, version.text, article.url, outlet.key as outlet,
    version.published_at, article.first_seen_at, version.language, version.wire, version.canonical_url,
    article.story_id, news.zone_was_assumed(version.dates, version.published_source) as zone_assumed,
    article.as_told_by is not null as told
from news.article
join news.article_version as version using (article_id, version)
join news.outlet using (outlet_id)
where article.article_id = any (:articles);

-- name: publications(articles)
-- Returns the metadata of articles, without their text. Never null: told.
select
    article.article_id, version.title, article.url, outlet.key as outlet, version.published_at, article.first_seen_at,
    version.language, version.wire, version.canonical_url, article.story_id,
    news.zone_was_assumed(version.dates, version.published_source) as zone_assumed,
    article.as_told_by is not null as told
from news.article
join news.article_version as version using (article_id, version)
join news.outlet using (outlet_id)
where article.article_id = any (:articles);

-- name: store_fingerprints()!
-- Stores the fingerprints of articles, replacing those of other versions or methods.
insert into news.fingerprint (
    article_id, version, method, seen_at, language, digest, sketch, facts, sentences, sentence_keys
)
values %s
on conflict (article_id) do update set
    version = excluded.version, method = excluded.method, seen_at = excluded.seen_at, language = excluded.language,
    digest = excluded.digest, sketch = excluded.sketch, facts = excluded.facts, sentences = excluded.sentences,
    sentence_keys = excluded.sentence_keys;

-- name: sentence_holders(keys)
-- Returns the articles that contain sentences; a sentence is identified by its hash, site and week.
select wanted.key, fingerprint.article_id, fingerprint.seen_at, fingerprint.sentences
from unnest(:keys::bigint[]) as wanted (key)
join news.fingerprint on fingerprint.sentence_keys @> array[wanted.key];

-- name: copy_candidates(article_id, sketch, digest, canonical_key, sure, common, oversized, most)
-- Articles that one article may share text with: those with the most keys in common, the earliest first. An equal text
-- or address counts as :sure keys. Keys that :common articles hold are ignored; their number is in each row, and there
-- is a row when nothing else was found. Of a key that :oversized articles share the earliest so many are taken.
-- May be null: article_id.
with held as (
    -- One look-up a key: the planner takes `&&` with many keys for frequent, and would read the whole table.
    select
        wanted.key, holder.article_id, holder.seen_at,
        count(*) over (partition by wanted.key) as holders,
        row_number() over (partition by wanted.key order by holder.seen_at, holder.article_id) as place
    from unnest(:sketch::bigint[]) as wanted (key)
    cross join lateral (
        select fingerprint.article_id, fingerprint.seen_at
        from news.fingerprint
        where fingerprint.sketch @> array[wanted.key]
        limit :common
    ) as holder
),
found as (
    select held.article_id, held.seen_at, 1 as shared
    from held
    where held.holders < :common and held.place <= :oversized
    union all
    (
        select same_text.article_id, same_text.seen_at, :sure
        from news.fingerprint as same_text
        where same_text.digest = :digest
        order by same_text.seen_at
        limit :most
    )
    union all
    (
        select same_page.article_id, same_page.first_seen_at, :sure
        from news.article as same_page
        where same_page.url_key = :canonical_key
    )
    union all
    (
        select same_page.article_id, same_page.first_seen_at, :sure
        from news.article as same_page
        where same_page.canonical_key = :canonical_key
        order by same_page.first_seen_at
        limit :most
    )
),
nearest as (
    select found.article_id
    from found
    where found.article_id <> :article_id
    group by found.article_id
    order by sum(found.shared) desc, min(found.seen_at), found.article_id
    limit :most
),
ignored as (
    select count(distinct held.key)::int as ignored from held where held.holders = :common
)
select nearest.article_id, ignored.ignored
from ignored
left join nearest on true;

-- name: translation_candidates(facts, language, shared, common, most)
-- Articles in other languages that share facts, those with the rarest first: a fact weighs the logarithm of the share of
-- :common articles that hold it in these weeks. Facts that :common articles hold are ignored.
with held as (
    select
        wanted.key, holder.article_id, holder.seen_at, holder.language,
        count(*) over (partition by wanted.key) as holders
    from unnest(:facts::bigint[]) as wanted (key)
    cross join lateral (
        select fingerprint.article_id, fingerprint.seen_at, fingerprint.language
        from news.fingerprint
        where fingerprint.facts @> array[wanted.key]
        limit :common
    ) as holder
)
select held.article_id
from held
where held.language <> :language and held.holders < :common
group by held.article_id
having count(*) >= :shared
order by sum(ln(:common::float8 / held.holders)) desc, min(held.seen_at), held.article_id
limit :most;

-- name: rules_as_lexicon()
-- The rules of every topic in force: their names, in several languages, help to find translations.
select content from news.topic_rules where in_force_until is null order by topic;

-- name: links_in_force(articles)
-- Returns the current copies that articles are.
select copy_id, article_id, of_article_id, kind, score, is_source
from news.copy
where article_id = any (:articles) and valid_to is null;

-- name: copies_in_force(articles)
-- Returns the current copies of articles.
select article_id, of_article_id
from news.copy
where of_article_id = any (:articles) and valid_to is null;

-- name: close_links(copies, now)!
-- Closes links that are no longer valid.
update news.copy set valid_to = greatest(:now, valid_from) where copy_id = any (:copies);

-- name: insert_links()!
-- Stores links that are valid from now on.
insert into news.copy (article_id, of_article_id, kind, score, is_source, method, valid_from)
values %s;

-- name: story_members(stories)
-- All articles of stories.
select article_id from news.article where story_id = any (:stories);

-- name: story_origins(stories)
-- Returns stories with their origins.
select story_id, origin_article_id, origin_reason, origin_kind, origin_agency, origin_time, also_first
from news.story where story_id = any (:stories);

-- name: insert_stories()<!
-- Opens a story for each origin.
insert into news.story (
    origin_article_id, origin_reason, origin_kind, origin_agency, origin_time, also_first, updated_at
)
values %s
returning story_id, origin_article_id;

-- name: update_stories()!
-- Sets the origin of stories.
update news.story
set origin_article_id = changed.origin_article_id, origin_reason = changed.origin_reason,
    origin_kind = changed.origin_kind, origin_agency = changed.origin_agency::text, origin_time = changed.origin_time,
    also_first = changed.also_first::bigint[], updated_at = changed.updated_at,
    event_due = story.event_due or story.origin_article_id <> changed.origin_article_id
from (values %s) as changed (
    story_id, origin_article_id, origin_reason, origin_kind, origin_agency, origin_time, also_first, updated_at
)
where story.story_id = changed.story_id;

-- name: merge_stories()!
-- Records into which story another one was merged.
update news.story
set merged_into = changed.merged_into, updated_at = changed.updated_at, event_due = true
from (values %s) as changed (story_id, merged_into, updated_at)
where story.story_id = changed.story_id;

-- name: assign_stories()!
-- Puts articles into stories.
update news.article
set story_id = changed.story_id
from (values %s) as changed (article_id, story_id)
where article.article_id = changed.article_id;

-- name: story_corrections(articles)
-- What people said about the stories of articles, in the order in which they said it: the last word on a pair counts.
select correction_id, kind, article_id, other_article_id
from news.correction
where kind in ('same_story', 'not_a_copy', 'origin') and withdraws is null
  and (article_id = any (:articles) or other_article_id = any (:articles))
  and not exists (select from news.correction as later where later.withdraws = correction.correction_id)
order by correction_id;

-- name: insert_correction(kind, article_id, other_article_id, said_by, note, withdraws, now)$
-- Records what a person said; its identity. Always one row.
insert into news.correction (kind, article_id, other_article_id, said_by, said_at, note, withdraws)
values (:kind, :article_id, :other_article_id, :said_by, :now, :note, :withdraws)
returning correction_id;

-- name: correction(correction_id)^
-- One correction, and whether another one ended it.
select
    kind, article_id, other_article_id,
    exists (select from news.correction as later where later.withdraws = correction.correction_id) as withdrawn
from news.correction
where correction_id = :correction_id and withdraws is null;

-- name: hand_back(articles)!
-- Has articles linked again, and the events of their stories looked for again; not those whose texts are in files.
with unlinked as (
    update news.article set linked_at = null
    where article_id = any (:articles)
      and not exists (select from news.article_version as version where version.article_id = article.article_id and cold)
    returning story_id
)
update news.story set event_due = true where story_id in (select story_id from unlinked);

-- name: insert_citations()!
-- Stores whom versions of articles cite; what is stored of a version stays.
insert into news.citation (article_id, version, cited, kind, field, span_start, span_end)
values %s
on conflict do nothing;

-- name: mark_linked()!
-- Records that copies of these versions were looked for; an article that got a new version meanwhile stays to be done.
update news.article
set linked_at = done.linked_at
from (values %s) as done (article_id, version, linked_at)
where article.article_id = done.article_id and article.version = done.version;

-- name: unlink_outdated(method, most)<!
-- Hands articles that were fingerprinted by another method back to be linked again, the oldest rows first; which.
update news.article
set linked_at = null
where article_id in (
    select article.article_id
    from news.fingerprint
    join news.article using (article_id)
    where fingerprint.method <> :method and article.linked_at is not null
    order by article.article_id
    limit :most
)
returning article_id;
