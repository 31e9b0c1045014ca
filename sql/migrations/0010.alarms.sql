-- Alarms, the messages sent about them, and how Airflow's runs ended.

create table ingest.alarm (
    alarm_id bigint generated always as identity primary key,
    check_name text not null check (check_name <> ''),
    subject text not null check (subject <> ''),
    severity text not null check (severity in ('critical', 'warning')),
    meaning text not null,
    finding text not null,
    mend text not null,
    opened_at timestamptz not null,
    last_seen_at timestamptz not null,
    closed_at timestamptz,
    check (last_seen_at >= opened_at),
    check (closed_at >= last_seen_at)
);
create unique index alarm_open on ingest.alarm (check_name, subject) where closed_at is null;
create index alarm_opened on ingest.alarm (opened_at);
comment on table ingest.alarm is 'What a check found, from the first time to the last. Opened, refreshed and closed by the checks alone.';
comment on column ingest.alarm.alarm_id is 'Identity.';
comment on column ingest.alarm.check_name is 'Which check: a file of sql/checks/, or one of the machine''s.';
comment on column ingest.alarm.subject is 'What it is about: a feed, host, outlet, DAG …; one open alarm for each check and subject.';
comment on column ingest.alarm.severity is 'critical (news is being lost or nothing moves) or warning.';
comment on column ingest.alarm.meaning is 'What the check asserts.';
comment on column ingest.alarm.finding is 'What was found last, in words.';
comment on column ingest.alarm.mend is 'What to do.';
comment on column ingest.alarm.opened_at is 'When it was first found.';
comment on column ingest.alarm.last_seen_at is 'When it was last found.';
comment on column ingest.alarm.closed_at is 'When it was no longer found; null while it is open.';

create table ingest.alarm_message (
    check_name text not null,
    subject text not null,
    channel text not null check (channel <> ''),
    day date not null,
    alarm_id bigint not null references ingest.alarm,
    claimed_at timestamptz not null,
    sent_at timestamptz,
    primary key (check_name, subject, channel, day)
);
create index alarm_message_of on ingest.alarm_message (alarm_id);
comment on table ingest.alarm_message is 'Which alarm stood in a message on which day: at most once for each channel, since the row is written before the message leaves.';
comment on column ingest.alarm_message.check_name is 'The alarm''s check.';
comment on column ingest.alarm_message.subject is 'The alarm''s subject: one that closes and opens again on a day is not sent again.';
comment on column ingest.alarm_message.channel is 'smtp, slack or webhook.';
comment on column ingest.alarm_message.day is 'Day in UTC.';
comment on column ingest.alarm_message.alarm_id is 'The alarm.';
comment on column ingest.alarm_message.claimed_at is 'When the message was about to be sent.';
comment on column ingest.alarm_message.sent_at is 'When the channel had taken it; null when its sender was killed in between: it may have arrived or not.';

create table ingest.run (
    dag_id text primary key,
    succeeded_at timestamptz,
    failed_at timestamptz,
    late_at timestamptz
);
comment on table ingest.run is 'How the runs of each DAG ended last, as Airflow''s callbacks tell it.';
comment on column ingest.run.dag_id is 'Which DAG.';
comment on column ingest.run.succeeded_at is 'Last good end.';
comment on column ingest.run.failed_at is 'Last failure.';
comment on column ingest.run.late_at is 'Last missed deadline.';

alter table ingest.host add column failing_as text
    check (failing_as in ('unreachable', 'timeout', 'tls', 'refused', 'bad_answer', 'bot_wall'));
comment on column ingest.host.failing_as is 'What the last visit failed with; null after a good one.';
