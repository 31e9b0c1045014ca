"""Alarms: what does not hold is found, told once a day, and closed by itself.

    sql/checks/, machine ─ run ─▶ finding ─ fold ─▶ ingest.alarm ─ claim ─▶ digest ─▶ mail, Slack, webhook
                                  (checks)  (folding)  (watching)             (digest)    (sending; dags/channels.py)

A check asserts something; what it finds is (subject, finding). One alarm is open for each check and subject, as long
as the check finds it. A fault that hits most subjects of a check at once raises one alarm and not one for each.
"""
