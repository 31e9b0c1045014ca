-- name: limit_statements(milliseconds)^
-- Sets the statement timeout of this transaction. Always one row.
select set_config('statement_timeout', :milliseconds, true);

-- name: lock_alarms()!
-- Lets one run of checks at a time open and close alarms; the lock ends with the transaction.
select from ingest.lock where name = 'alarms' for update;

-- name: open_alarms()
-- Lists the open alarms, the critical ones first, then the oldest.
select alarm_id, check_name, subject, severity, meaning, finding, mend as fix, opened_at, last_seen_at
from ingest.alarm
where closed_at is null
order by severity, opened_at, alarm_id;

-- name: save_alarms()
-- Opens alarms, or records that open ones were found again; returns those that were opened.
insert into ingest.alarm as alarm (check_name, subject, severity, meaning, finding, mend, opened_at, last_seen_at)
values %s
on conflict (check_name, subject) where closed_at is null do update
set severity = excluded.severity,
    meaning = excluded.meaning,
    finding = excluded.finding,
    mend = excluded.mend,
    last_seen_at = greatest(alarm.last_seen_at, excluded.last_seen_at)
returning xmax = 0 as opened;

-- name: close_alarms(checks, now)!
-- Closes the open alarms of these checks that were not found again.
update ingest.alarm
set closed_at = :now
where closed_at is null and check_name = any (:checks) and last_seen_at < :now;

-- name: claim_alarm_messages(channel, now, critical_every, warning_every)
-- Selects the open alarms to send through a channel now, and records it before: none twice a day, and those
-- that were sent before again only after so many days. `run_id` is the run that an alarm about a DAG is about. May be null: run_id.
with today as (
    select (:now::timestamptz at time zone 'UTC')::date as day
), claimed as (
    insert into ingest.alarm_message (check_name, subject, channel, day, alarm_id, claimed_at)
    select alarm.check_name, alarm.subject, :channel, today.day, alarm.alarm_id, :now
    from ingest.alarm
    cross join today
    where alarm.closed_at is null
      and not exists (
        select from ingest.alarm_message as earlier
        where earlier.alarm_id = alarm.alarm_id
          and earlier.channel = :channel
          and earlier.sent_at is not null
          and today.day - earlier.day
            < case alarm.severity when 'critical' then :critical_every::int else :warning_every::int end
      )
    on conflict do nothing
    returning alarm_id
)
select
    alarm_id, check_name, subject, severity, meaning, finding, mend as fix, opened_at, last_seen_at,
    case check_name when 'failed_runs' then run.failed_run_id when 'late_runs' then run.run_id end as run_id
from ingest.alarm
join claimed using (alarm_id)
left join ingest.run on run.dag_id = alarm.subject
order by severity, opened_at, alarm_id;

-- name: confirm_alarm_messages(channel, alarm_ids, now)!
-- Records that a channel has accepted the message about these alarms.
update ingest.alarm_message
set sent_at = :now
where channel = :channel and alarm_id = any (:alarm_ids) and sent_at is null
  and day = (:now::timestamptz at time zone 'UTC')::date;

-- name: release_alarm_messages(channel, alarm_ids, now)!
-- Releases a claim after a channel rejected the message, so that the next run tries again.
delete from ingest.alarm_message
where channel = :channel and alarm_id = any (:alarm_ids) and sent_at is null
  and day = (:now::timestamptz at time zone 'UTC')::date;

-- name: note_run_start(dag_id, run_id, started_at, late_at)!
-- Notes that a run of a DAG began, and when it is late; each of its tasks says so, and the first one counts.
insert into ingest.run as run (dag_id, run_id, started_at, late_at)
values (:dag_id, :run_id, :started_at, :late_at)
on conflict (dag_id) do update
set run_id = excluded.run_id, started_at = excluded.started_at, late_at = excluded.late_at
where run.started_at is distinct from excluded.started_at;

-- name: note_run_end(dag_id, run_id, failed)!
-- Notes how a run of a DAG ended.
insert into ingest.run as run (dag_id, succeeded_at, failed_at, failed_run_id)
values (:dag_id, case when not :failed then now() end, case when :failed then now() end, case when :failed then :run_id end)
on conflict (dag_id) do update
set succeeded_at = coalesce(excluded.succeeded_at, run.succeeded_at),
    failed_at = coalesce(excluded.failed_at, run.failed_at),
    failed_run_id = coalesce(excluded.failed_run_id, run.failed_run_id);

-- name: note_pause(stage, reason)!
-- Records that a fault on our side pauses a stage, and opens the alarm of the check paused_stages immediately.
with noted as (
    insert into ingest.pause as pause (stage, since, last_seen_at, reason)
    values (:stage, now(), now(), :reason)
    on conflict (stage) do update set last_seen_at = now(), reason = excluded.reason
    returning stage, reason
)
insert into ingest.alarm as alarm (check_name, subject, severity, meaning, finding, mend, opened_at, last_seen_at)
select
    'paused_stages', stage, 'critical', 'No stage is kept from working by a fault of ours.', reason,
    'Do what the finding says. Nothing is lost: the stage goes on by itself.', now(), now()
from noted
on conflict (check_name, subject) where closed_at is null do update
set finding = excluded.finding, last_seen_at = greatest(alarm.last_seen_at, excluded.last_seen_at);

-- name: end_pause(stage)!
-- Notes that a stage works again, and closes its alarm.
with ended as (
    delete from ingest.pause where stage = :stage returning stage
)
update ingest.alarm
set closed_at = greatest(now(), last_seen_at)
from ended
where closed_at is null and check_name = 'paused_stages' and subject = ended.stage;

-- name: paused_since(stage, within_minutes)$
-- Returns since when a stage has been paused, if a fault was found in the last minutes. May be null: since.
select since
from ingest.pause
where stage = :stage and last_seen_at > now() - make_interval(mins => :within_minutes::int);

-- name: last_answer()$
-- Returns when a host last answered a poll or a visit, as far as the last hour tells; else an hour ago. Always one row.
select greatest(
    now() - interval '1 hour',
    (select max(polled_at) from ingest.poll where polled_at > now() - interval '1 hour' and http_status is not null),
    (select max(fetched_at) from (select fetched_at from ingest.page order by page_id desc limit 100) as latest)
);

-- name: uncount_attempts(since)!
-- Takes back, once, the attempts that failed since a time from which on no host answered: the fault was ours.
update ingest.entry
set state = 'new', state_at = now(), next_try_at = now(), attempts = attempts - 1, reason = null,
    detail = 'not counted: no host answered'
where state_at > :since
  and attempts > 0
  and crashes = 0
  and (state = 'new' or (state = 'dropped' and reason = 'retries_exhausted'))
  and detail <> 'not counted: no host answered';

-- name: end_long_sessions()
-- Ends the sessions of people that raised their own limits: statements of more than 20 minutes, transactions that do
-- nothing for ten. Does nothing without the right to end sessions.
select usename, state, pg_terminate_backend(pid) as ended
from pg_stat_activity
where datname = current_database()
  and usename in ('analyst', 'editor')
  and pg_has_role(current_user, 'pg_signal_backend', 'member')
  and ((state = 'active' and query_start < now() - interval '20 minutes')
    or (state like 'idle in transaction%%' and state_change < now() - interval '10 minutes')
    or xact_start < now() - interval '40 minutes');

-- name: archive_sample()
-- Gives the first and the last page of each month, and where they stand in the archive.
with months as (
    select date_trunc('month', fetched_at) as month, min(page_id) as first, max(page_id) as last
    from ingest.page
    group by 1
)
select months.month, page_id, archive_file, archive_offset, archive_length, digest
from months
join ingest.page on page.page_id in (months.first, months.last)
order by months.month, page_id;
