-- One row per article that was deleted: the list for whoever holds exports.
create view news.deletions as
select
    deletion.article_id,
    outlet.key as outlet,
    deletion.reason,
    deletion.deleted_by,
    deletion.deleted_at
from news.deletion
join news.outlet using (outlet_id);
comment on view news.deletions is 'One row per article that was deleted everywhere: whoever holds exports deletes it there, too.';
comment on column news.deletions.article_id is 'The number that the article had.';
comment on column news.deletions.outlet is 'Short name of its outlet.';
comment on column news.deletions.reason is 'Why.';
comment on column news.deletions.deleted_by is 'Who deleted it.';
comment on column news.deletions.deleted_at is 'When.';
grant select on news.deletions to analyst;
