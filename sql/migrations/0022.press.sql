-- Whose voice an outlet is stands in a column of its own, not at the beginning of a free text.

alter table news.outlet add column press text not null default 'unknown'
    check (press in ('official', 'state', 'public', 'independent', 'other', 'unknown'));
comment on column news.outlet.press is 'official, state, public, independent, other or unknown: whose voice it is, as feeds.yaml says.';

-- What is there already, by the rule that views went by until now; the next poll_feeds takes feeds.yaml's word for it.
update news.outlet
set press = case
    when kind = 'official' then 'official'
    when kind = 'state_media' or ownership ~* '^state-(controlled|owned)' then 'state'
    when kind = 'aggregator' then 'other'
    else 'unknown'
end;
