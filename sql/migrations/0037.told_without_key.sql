-- A feed can be removed from the warehouse while articles still name it as the one that told them.
alter table news.article drop constraint if exists article_as_told_by_fkey;
