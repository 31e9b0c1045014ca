-- A try is what the other side did; a worker that dies with an entry is a crash and counts apart.

alter table ingest.entry add column crashes int not null default 0 check (crashes >= 0);
comment on column ingest.entry.attempts is 'Tries that the other side failed: answers without a page, or none.';
comment on column ingest.entry.crashes is 'Visits in a row in which its worker died; three and more are made alone, after all others.';

create function ingest.crashes_of(entry ingest.entry) returns int
language sql stable parallel safe as $$
    select entry.crashes
        + coalesce(entry.lease_by <> 'nobody' and entry.state_at > pg_postmaster_start_time(), false)::int
$$;
comment on function ingest.crashes_of(ingest.entry) is 'The crashes of an entry whose lease ended by itself, that one included. A lease that was given back, or that a restart of the server cut off, is none.';

-- Which stage can't go on, and why: the check paused_stages makes an alarm of it.
create table ingest.pause (
    stage text primary key check (stage <> ''),
    since timestamptz not null,
    last_seen_at timestamptz not null,
    reason text not null check (reason <> '')
);
comment on table ingest.pause is 'Stages that a fault of ours keeps from working: nothing is lost, and nothing counts as a try. A row goes when the stage works again.';
comment on column ingest.pause.stage is 'poll or collect.';
comment on column ingest.pause.since is 'When it was first kept from working.';
comment on column ingest.pause.last_seen_at is 'When it tried last.';
comment on column ingest.pause.reason is 'What keeps it, in words.';
grant delete on ingest.pause to pipeline;
