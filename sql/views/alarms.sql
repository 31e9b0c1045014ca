create view news.alarms as
select
    alarm.alarm_id,
    alarm.check_name,
    alarm.subject,
    alarm.severity,
    alarm.finding,
    alarm.meaning,
    alarm.mend as fix,
    alarm.mend,
    alarm.opened_at,
    alarm.last_seen_at,
    alarm.closed_at,
    (select max(message.sent_at) from ingest.alarm_message as message where message.alarm_id = alarm.alarm_id) as sent_at
from ingest.alarm;
comment on view news.alarms is 'Every alarm, open (closed_at is null) or past.';
comment on column news.alarms.alarm_id is 'Identity.';
comment on column news.alarms.check_name is 'Which check found it; docs/operations.md lists them.';
comment on column news.alarms.subject is 'What it is about: a feed, host, outlet, DAG …';
comment on column news.alarms.severity is 'critical or warning.';
comment on column news.alarms.finding is 'What was found last, in words.';
comment on column news.alarms.meaning is 'What the check asserts.';
comment on column news.alarms.fix is 'What to do.';
comment on column news.alarms.mend is 'The old name of fix; the next release drops it.';
comment on column news.alarms.opened_at is 'When it was first found.';
comment on column news.alarms.last_seen_at is 'When it was last found.';
comment on column news.alarms.closed_at is 'When it was no longer found; null while it is open.';
comment on column news.alarms.sent_at is 'When a message about it was last delivered to a channel; null when none was.';
grant select on news.alarms to analyst;
