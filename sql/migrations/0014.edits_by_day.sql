-- Edits are asked for by day.

create index article_version_edit_day on news.article_version (((extracted_at at time zone 'UTC')::date)) where version > 1;
drop index news.article_version_edited;
