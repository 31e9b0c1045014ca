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
