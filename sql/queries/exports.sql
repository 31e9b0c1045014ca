-- name: view_names()
-- Lists the views that analysts read.
select relname as name
from pg_class
where relnamespace = 'news'::regnamespace and relkind = 'v' and has_table_privilege('analyst', oid, 'select')
order by relname;

-- name: view_columns(view)
-- Lists the columns of a view that analysts read, with their types; nothing when there is no such view.
select attname as name, format_type(atttypid, null) as kind
from pg_attribute
join pg_class on pg_class.oid = attrelid
where relnamespace = 'news'::regnamespace
  and relname = :view
  and relkind = 'v'
  and has_table_privilege('analyst', attrelid, 'select')
  and attnum > 0
  and not attisdropped
order by attnum;

-- name: export_all()
-- Returns a view, whose name is put in.
select * from news.{view};

-- name: export_range(since, until)
-- Returns the rows of a view in a range of time, in its order; the names of view and column are put in.
select *
from news.{view}
where (:since::timestamptz is null or {by} >= :since::timestamptz)
  and (:until::timestamptz is null or {by} < :until::timestamptz)
order by {by};

-- name: export_newest(since, until, most)
-- Returns the newest rows of a view in a range of time; the name of the view is put in.
select *
from news.{view}
where (:since::timestamptz is null or reported_at >= :since::timestamptz)
  and (:until::timestamptz is null or reported_at < :until::timestamptz)
order by reported_at desc
limit :most;

-- name: view_comments(view)
-- Returns what a view and each of its columns hold, as docs/warehouse.md has it; the column null is the view itself.
-- May be null: name.
select attname as name, coalesce(col_description(pg_class.oid, attnum), obj_description(pg_class.oid, 'pg_class')) as comment
from pg_class
left join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
where relnamespace = 'news'::regnamespace and relname = :view and relkind = 'v'
union all
select null, obj_description(oid, 'pg_class')
from pg_class
where relnamespace = 'news'::regnamespace and relname = :view and relkind = 'v';

-- name: rules_of_release(since, until)
-- Returns the versions of rules that decided tags of articles reported in a time.
select tag.topic, tag.rules_version, count(*)::int as tags
from news.tag
join news.article_search as filed using (article_id)
where tag.valid_to is null and filed.reported_at >= :since and filed.reported_at < :until
group by tag.topic, tag.rules_version
order by tag.topic, tag.rules_version;
