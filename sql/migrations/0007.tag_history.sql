-- What a tag took the place of, and evidence that several tags in a row share.

alter table news.tag add column replaces bigint references news.tag on delete set null;
update news.tag
set replaces = earlier.before
from (select tag_id, lag(tag_id) over (partition by article_id, topic order by valid_from, tag_id) as before from news.tag) as earlier
where earlier.tag_id = tag.tag_id and earlier.before is not null;
create unique index tag_replaces on news.tag (replaces) where replaces is not null;
create index tag_by_article on news.tag (article_id, topic, valid_from);
comment on column news.tag.replaces is 'The tag that it took the place of; null for the first of an article and topic.';

alter table news.tag add column evidence_of bigint references news.tag;
create index tag_evidence_of on news.tag (evidence_of) where evidence_of is not null;
comment on column news.tag.evidence_of is 'The earlier tag that it repeats under newer rules, which change nothing in this article: its evidence is that tag''s. Null when it has evidence of its own.';

alter table news.evidence rename to evidence_row;
alter index news.evidence_pkey rename to evidence_row_pkey;
comment on table news.evidence_row is 'Evidence as it is kept: once for all tags that repeat each other. Read the view news.evidence.';

comment on column news.topic_rules.in_force_from is 'Since when; rules that were in force before and are so again, since the latest time.';
