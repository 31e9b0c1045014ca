-- The role that the pipeline works as: it reads and writes rows, and changes or drops nothing else. Migrations, partitions
-- and retention stay with the owner.

do $$
begin
    if not exists (select from pg_roles where rolname = 'pipeline') then
        create role pipeline nologin;
    end if;
end
$$;
grant usage on schema ingest, news to pipeline;
grant select, insert, update on all tables in schema ingest, news to pipeline;
grant execute on all functions in schema ingest, news to pipeline;
revoke execute on function ingest.make_poll_partitions(date, date) from pipeline;
-- What is replaced as a whole, or was never sent.
grant delete on news.mention, ingest.alarm_message to pipeline;
-- Tables, views and functions of later migrations, by the same owner.
alter default privileges in schema ingest, news grant select, insert, update on tables to pipeline;
alter default privileges in schema ingest, news grant execute on functions to pipeline;
