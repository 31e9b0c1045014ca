-- name: find_article_to_delete(article_id, url_key)^
-- Finds an article by its number or by an address that leads to it.
select article.article_id, article.url, article.story_id, version.title, outlet.key as outlet
from news.article
join news.article_version as version using (article_id, version)
join news.outlet using (outlet_id)
where article.article_id = :article_id
   or article.url_key = :url_key
   or article.article_id = (
        select entry.article_id from ingest.entry where entry.url_key = :url_key and entry.article_id is not null limit 1
    )
order by article.url_key = :url_key desc
limit 1;

-- name: is_deleted(url_key)$
-- Returns whether the article at an address was deleted. Always one row.
select exists (select from ingest.deleted_address where url_key = :url_key);

-- name: pages_of_article(article_id)
-- Lists the pages that an article was read from, or whose visits found it unchanged; none that another article has, too.
select page.page_id, page.archive_file, page.archive_offset, page.archive_length, page.digest
from ingest.page
where (
        page.page_id in (select page_id from news.article_version where article_id = :article_id)
        or page.page_id in (select page_id from ingest.entry where article_id = :article_id)
        or exists (
            select from news.article
            where article.article_id = :article_id and article.as_told_by is null
              and article.url in (page.url, page.final_url)
        )
    )
  and not exists (
        select from news.article_version as other
        where other.page_id = page.page_id and other.article_id <> :article_id
    )
order by page.page_id;

-- name: detach_article(article_id)
-- Takes an article out of its story, with all links and corrections between it and others; lists these others.
with links as (
    delete from news.copy
    where article_id = :article_id or of_article_id = :article_id
    returning article_id, of_article_id
), corrections as (
    delete from news.correction
    where article_id = :article_id or other_article_id = :article_id
), firsts as (
    update news.story set also_first = array_remove(also_first, :article_id::bigint)
    where also_first @> array[:article_id::bigint]
), freed as (
    update news.article set story_id = null, linked_at = null where article_id = :article_id
)
select distinct case when article_id = :article_id then of_article_id else article_id end as article_id from links;

-- name: inherit_merged_stories(article_id)!
-- Stories that were merged into another one, and whose origin the article was, get the origin of that other one.
with recursive merged as (
    select story_id, merged_into from news.story where origin_article_id = :article_id and merged_into is not null
    union
    select merged.story_id, story.merged_into
    from merged join news.story on story.story_id = merged.merged_into
    where story.merged_into is not null
)
update news.story
set origin_article_id = heir.origin_article_id
from merged
join news.story as heir on heir.story_id = merged.merged_into and heir.merged_into is null
where story.story_id = merged.story_id and heir.origin_article_id <> :article_id;

-- name: delete_stories_of(article_id)!
-- Deletes the stories that had this article alone, and what events know of them; other stories of their events are due.
with gone as (
    select story_id from news.story where origin_article_id = :article_id
), due as (
    update news.story set event_due = true
    where origin_article_id <> :article_id
      and merged_into is null
      and story_id in (
        select story_id from news.event_member
        where event_id in (table gone) or kernel_id in (table gone) or storyline_id in (table gone)
    )
    returning story_id
), heirs as (
    update news.story set merged_into = article.story_id
    from news.article
    where article.article_id = story.origin_article_id
      and story.merged_into in (table gone) and story.origin_article_id <> :article_id
), members as (
    delete from news.event_member
    where story_id in (table gone) or event_id in (table gone) or kernel_id in (table gone)
       or storyline_id in (table gone)
), readings as (
    delete from news.event_reading
    where story_id in (table gone)
       or (article_id = :article_id and story_id in (select story_id from news.story where merged_into is not null))
), topics as (
    delete from news.story_topic where story_id in (table gone)
), told as (
    delete from news.watch_item where article_id = :article_id or story_id in (table gone)
), told_of_event as (
    update news.watch_item set event_id = null
    where event_id in (table gone) and article_id <> :article_id and story_id not in (table gone)
)
delete from news.story where story_id in (table gone);

-- name: forget_origin(article_id)!
-- Takes the words of an article out of what events know of a story whose origin it was; the story is read again.
with forgotten as (
    update news.event_reading
    set article_id = story.origin_article_id, title_terms = '{}', terms = '{}', weights = '{}'
    from news.story
    where story.story_id = event_reading.story_id and event_reading.article_id = :article_id
    returning event_reading.story_id
), members as (
    update news.event_member set terms = '{}' where story_id in (select story_id from forgotten)
)
update news.story set event_due = true where story_id in (select story_id from forgotten);

-- name: delete_article(article_id, reason, deleted_by, now)!
-- Deletes an article with its versions and all that was found in them; its entries keep identity and address, no words.
with logged as (
    insert into news.deletion (article_id, outlet_id, reason, deleted_by, deleted_at)
    select article_id, outlet_id, :reason, :deleted_by, :now from news.article where article_id = :article_id
    returning deletion_id
), addresses as (
    insert into ingest.deleted_address (url_key, deletion_id)
    select keys.url_key, logged.deletion_id
    from logged
    cross join (
        select url_key from news.article where article_id = :article_id
        union
        select entry.url_key
        from ingest.entry join news.article using (article_id)
        where article_id = :article_id and article.as_told_by is null and entry.url_key is not null
    ) as keys
    on conflict do nothing
), entries as (
    update ingest.entry
    set state = 'dropped', reason = 'deleted', detail = null, state_at = :now, title = '', summary = null,
        content = null, authors = '{}', dates = '[]', lease_until = null, lease_by = null, page_id = null,
        article_id = null
    where article_id = :article_id
       or url_key = (select url_key from news.article where article_id = :article_id)
    returning entry_id
), revisions as (
    delete from ingest.entry_revision
    where article_id = :article_id or entry_id in (select entry_id from ingest.entry where article_id = :article_id)
), evidence as (
    delete from news.evidence_row
    where tag_id in (select tag_id from news.tag where article_id = :article_id)
), tags as (
    delete from news.tag where article_id = :article_id
), mentions as (
    delete from news.mention where article_id = :article_id
), citations as (
    delete from news.citation where article_id = :article_id
), fingerprints as (
    delete from news.fingerprint where article_id = :article_id
), words as (
    delete from news.article_search where article_id = :article_id
), sites as (
    update news.outlet_site set first_article_id = null where first_article_id = :article_id
), versions as (
    delete from news.article_version where article_id = :article_id
)
delete from news.article where article_id = :article_id;

-- name: delete_pages(pages)!
-- Forgets where pages were in the archive.
delete from ingest.page where page_id = any (:pages);

-- name: lock_reviews()!
-- Lets this transaction delete reviews, which nobody else can; adding one waits until it ends.
alter table news.review disable trigger review_append_only;

-- name: delete_reviews(article_id)!
-- Deletes what editors said about an article.
delete from news.review where article_id = :article_id;

-- name: unlock_reviews()!
-- Makes reviews append-only again.
alter table news.review enable trigger review_append_only;
