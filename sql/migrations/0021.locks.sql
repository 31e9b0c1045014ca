-- Locks that only the pipeline can take. Advisory locks may be taken by whoever may connect.

create table ingest.lock (
    name text primary key
);
comment on table ingest.lock is 'Rows that tasks lock so that one at a time does a thing: a role that can''t write here can''t hold it up.';
comment on column ingest.lock.name is 'What is done by one task at a time.';
insert into ingest.lock (name) values ('registry'), ('topics'), ('linking'), ('alarms');
