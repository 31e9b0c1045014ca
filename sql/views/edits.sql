-- One row per later version of an article: when it was found, how much had changed, and the words that came and went.
create or replace function news.missing_sentences(words text, elsewhere text) returns text
language sql immutable strict parallel safe as $$
    select string_agg(sentence, e'\n' order by n)
    from (values ('(?<=[.!?][”’"'')]?)\s+|(?<=[。!?][」』”]?)|\n+')) as at (breaks)
    cross join regexp_split_to_table(words, at.breaks) with ordinality as ours (sentence, n)
    where sentence ~ '\w'
      and sentence not in (select * from regexp_split_to_table(elsewhere, at.breaks))
$$;
comment on function news.missing_sentences(text, text) is 'The sentences of one text that do not stand in another, a line each; null when there are none.';
grant execute on function news.missing_sentences to analyst;

create view news.edits as
select
    after.article_id,
    article.story_id,
    after.version,
    outlets.outlet,
    outlets.country,
    outlets.perspective,
    (after.extracted_at at time zone 'UTC')::date as day,
    after.extracted_at as edited_at,
    after.extracted_at - first.extracted_at as after_first_read,
    case when page_after.digest = page_before.digest then 'reread' else 'edited' end as kind,
    after.diff_ratio as changed_share,
    before.title as title_before,
    after.title as title_after,
    before.title <> after.title as title_changed,
    news.missing_sentences(before.text, after.text) as removed,
    news.missing_sentences(after.text, before.text) as added,
    article.url
from news.article_version as after
join news.article_version as before on before.article_id = after.article_id and before.version = after.version - 1
join news.article_version as first on first.article_id = after.article_id and first.version = 1
join news.article on article.article_id = after.article_id
join news.outlets on outlets.outlet_id = article.outlet_id
left join ingest.page as page_after on page_after.page_id = after.page_id
left join ingest.page as page_before on page_before.page_id = before.page_id
where after.version > 1;
comment on view news.edits is 'One row per later version of an article: when it was found, how much had changed, and the words that were added and removed.';
comment on column news.edits.article_id is 'The article.';
comment on column news.edits.story_id is 'Its story.';
comment on column news.edits.version is 'The later version; it is compared with the one before.';
comment on column news.edits.outlet is 'Short name of the outlet.';
comment on column news.edits.country is 'Country of the outlet.';
comment on column news.edits.perspective is 'Whose point of view the outlet writes from.';
comment on column news.edits.day is 'Day of edited_at, in UTC.';
comment on column news.edits.edited_at is 'When the change was found.';
comment on column news.edits.after_first_read is 'How long after the first reading.';
comment on column news.edits.kind is 'edited: the page had changed; reread: the same page byte for byte, read better.';
comment on column news.edits.changed_share is 'Share of the words that differ, 0 to 1: one minus the Dice overlap of the sequences of three words (of three characters in Chinese).';
comment on column news.edits.title_before is 'Headline before.';
comment on column news.edits.title_after is 'Headline after.';
comment on column news.edits.title_changed is 'Whether they differ.';
comment on column news.edits.removed is 'Sentences that stood before and no longer do, a line each.';
comment on column news.edits.added is 'Sentences that are new, a line each.';
comment on column news.edits.url is 'Address.';
grant select on news.edits to analyst;
