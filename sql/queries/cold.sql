-- name: read_and_write_one_snapshot()!
-- Makes this transaction see one state of the database; a row that others change meanwhile ends it with an error.
set transaction isolation level repeatable read;

-- name: months_of_articles(before)
-- Lists the months, by when articles were first seen, that end before a time and are not cold: how many articles they
-- have, and how many of these wait to be linked, tagged or visited again. Never null: month, articles, waiting.
select
    date_trunc('month', first_seen_at at time zone 'UTC')::date as month,
    count(*)::int as articles,
    count(*) filter (where linked_at is null or tagged_at is null or revisit_at is not null)::int as waiting
from news.article
where first_seen_at < :before
  and not exists (
    select from news.cold_month where month = date_trunc('month', first_seen_at at time zone 'UTC')::date
)
group by 1
order by 1;

-- name: cold_months()
-- Lists the cold months.
select month, folder, files, articles, bytes, moved_at from news.cold_month order by month;

-- name: cold_months_between(since, until)^
-- Returns the first and the last cold month of a stretch of days; no row when it has none. Never null: first, last.
select to_char(min(month), 'YYYY-MM') as first, to_char(max(month), 'YYYY-MM') as last
from news.cold_month
where (:since::date is null or month + interval '1 month' > :since::date)
  and (:until::date is null or month <= :until::date)
having count(*) > 0;

-- name: cold_month_of(article_id)^
-- Returns the cold month that an article's texts are in; no row when they are not in files.
select month, folder, files
from news.cold_month
join news.article on month = date_trunc('month', first_seen_at at time zone 'UTC')::date
where article_id = :article_id
  and exists (select from news.article_version where article_version.article_id = article.article_id and cold);

-- name: texts_to_cool(since, until)
-- The texts of articles that were first seen in a stretch of time, with what tells whose they are.
select
    version.article_id, version.version, version.title, version.text, article.url, outlet.key as outlet,
    version.published_at, version.language
from news.article
join news.article_version as version using (article_id)
join news.outlet using (outlet_id)
where article.first_seen_at >= :since and article.first_seen_at < :until
order by version.article_id, version.version;

-- name: fingerprints_to_cool(since, until)
-- The fingerprints of articles that were first seen in a stretch of time.
select fingerprint.*
from news.article
join news.fingerprint using (article_id)
where article.first_seen_at >= :since and article.first_seen_at < :until
order by fingerprint.article_id;

-- name: evidence_to_cool(since, until)
-- The evidence of tags of articles that were first seen in a stretch of time; that of core and related tags in force,
-- and of the tags that these repeat, stays.
select tag.article_id, evidence.tag_id, evidence.n, evidence.rule, evidence.term, evidence.field, evidence.start_at,
    evidence.end_at, evidence.weight
from news.article
join news.tag using (article_id)
join news.evidence_row as evidence using (tag_id)
where article.first_seen_at >= :since and article.first_seen_at < :until
  and not exists (
    select from news.tag as present
    where present.valid_to is null and present.relevance <> 'none'
      and tag.tag_id in (present.tag_id, present.evidence_of)
      and present.article_id = tag.article_id
  )
order by tag.article_id, evidence.tag_id, evidence.n;

-- name: drop_texts(since, until)!
-- Empties the texts of a stretch of time. Search keeps their headlines.
update news.article_version
set text = '', cold = true
from news.article
where article.article_id = article_version.article_id
  and article.first_seen_at >= :since and article.first_seen_at < :until;

-- name: drop_fingerprints(since, until)!
-- Deletes the fingerprints of a stretch of time.
delete from news.fingerprint
using news.article
where article.article_id = fingerprint.article_id
  and article.first_seen_at >= :since and article.first_seen_at < :until;

-- name: drop_evidence(since, until)!
-- Deletes the evidence that `evidence_to_cool` lists.
delete from news.evidence_row as evidence
using news.article, news.tag
where tag.article_id = article.article_id and evidence.tag_id = tag.tag_id
  and article.first_seen_at >= :since and article.first_seen_at < :until
  and not exists (
    select from news.tag as present
    where present.valid_to is null and present.relevance <> 'none'
      and tag.tag_id in (present.tag_id, present.evidence_of)
      and present.article_id = tag.article_id
  );

-- name: save_cold_month(month, folder, files, articles, bytes, now)!
-- Records where the files of a month are.
insert into news.cold_month (month, folder, files, articles, bytes, moved_at)
values (:month, :folder, :files, :articles, :bytes, :now)
on conflict (month) do update
set folder = excluded.folder, files = excluded.files, articles = excluded.articles, bytes = excluded.bytes;

-- name: forget_cold_month(month)!
-- Records that a month is back.
delete from news.cold_month where month = :month;

-- name: restore_texts()!
-- Puts texts back; search files them again.
update news.article_version
set text = kept.text, cold = false
from (values %s) as kept (article_id, version, text)
where article_version.article_id = kept.article_id and article_version.version = kept.version and article_version.cold;

-- name: restore_fingerprints()!
-- Puts fingerprints back; newer ones stay.
insert into news.fingerprint (
    article_id, version, method, seen_at, language, digest, sketch, facts, sentences, sentence_keys
)
values %s
on conflict do nothing;

-- name: restore_evidence()!
-- Puts evidence back.
insert into news.evidence_row (tag_id, n, rule, term, field, start_at, end_at, weight)
values %s
on conflict do nothing;

-- name: article_version_text(article_id, version)^
-- Returns the text of a version of an article, by default of the present one; empty where it is in files.
select version.version, version.text
from news.article
join news.article_version as version using (article_id)
where article.article_id = :article_id and version.version = coalesce(:version, article.version);
