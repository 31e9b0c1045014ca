-- An item that its feed moves to another address is collected anew there; that it led to the article before stays known.

alter table ingest.entry_revision add column article_id bigint references news.article;
comment on column ingest.entry_revision.article_id is 'The article that it led to then; null while it led to none.';

update ingest.entry_revision as revision
set article_id = article.article_id
from news.article
where article.url = revision.url
  and not exists (select from ingest.entry where entry.article_id = article.article_id);
