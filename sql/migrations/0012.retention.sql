-- Old polls can be dropped by the month; what views say of their days is kept in ingest.poll_day.

create function ingest.drop_polls(before timestamptz, dry_run boolean)
returns table (part text, polls bigint, bytes bigint)
language plpgsql as $$
declare
    month date;
    source text;
begin
    for part, month in
        select relname, to_date(right(relname, 7), 'YYYY_MM')
        from pg_inherits
        join pg_class on pg_class.oid = inhrelid
        where inhparent = 'ingest.poll'::regclass and relname ~ '^poll_\d{4}_\d{2}$'
        union all
        select 'poll_default', null
        order by 1
    loop
        -- A month goes as a whole, when its last day is old enough; of the default partition, whole days.
        continue when (month + interval '1 month') at time zone 'UTC' > before;
        source := format('ingest.%I where polled_at < %L', part, date_trunc('day', before, 'UTC'));
        execute 'select count(*), coalesce(sum(pg_column_size(poll)), 0) from (select * from ' || source || ') as poll'
            into polls, bytes;
        continue when polls = 0 and month is null;
        return next;
        continue when dry_run;
        execute 'insert into ingest.poll_day as kept (feed_id, day, polls, failed_polls, entries_new, overflows)
            select feed_id, (polled_at at time zone ''UTC'')::date as day, count(*),
                count(*) filter (where outcome in (''not_a_feed'', ''blocked'', ''refused'', ''unreachable'', ''gone'', ''error'')),
                sum(entries_new), count(*) filter (where overflow)
            from ' || source || '
            group by feed_id, day
            on conflict (feed_id, day) do update set
                polls = kept.polls + excluded.polls, failed_polls = kept.failed_polls + excluded.failed_polls,
                entries_new = kept.entries_new + excluded.entries_new, overflows = kept.overflows + excluded.overflows';
        if month is null then
            execute 'delete from ' || source;
        else
            execute format('drop table ingest.%I', part);
        end if;
    end loop;
end
$$;
comment on function ingest.drop_polls(timestamptz, boolean) is 'Drops the monthly partitions of ingest.poll that end before a time, and such polls in its default partition, after summing them up in ingest.poll_day; a dry run only says which.';
revoke execute on function ingest.drop_polls from public;

create index entry_revision_seen on ingest.entry_revision (seen_until);
