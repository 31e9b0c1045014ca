-- One row per outlet, with the bloc it belongs to and whether it is official, state media or independent press.
create view news.outlets as
select
    outlet.outlet_id,
    outlet.key as outlet,
    outlet.name as outlet_name,
    outlet.homepage,
    outlet.country,
    case
        when outlet.perspective in ('us', 'japan', 'korea', 'australia', 'europe') then 'us_and_allies'
        when outlet.perspective in ('prc', 'taiwan', 'asean', 'russia') then outlet.perspective
        else 'other'
    end as bloc,
    outlet.perspective,
    outlet.language,
    outlet.kind as outlet_kind,
    outlet.ownership,
    outlet.press,
    outlet.retired_at
from news.outlet;
comment on view news.outlets is 'One row per outlet, with the bloc it belongs to and whether it is official, state media or independent press.';
comment on column news.outlets.outlet_id is 'Identity.';
comment on column news.outlets.outlet is 'Short name, as in feeds.yaml.';
comment on column news.outlets.outlet_name is 'Name as readers know it.';
comment on column news.outlets.homepage is 'Home page.';
comment on column news.outlets.country is 'Country, ISO 3166-1 alpha-2.';
comment on column news.outlets.bloc is 'us_and_allies (perspectives us, japan, korea, australia, europe), prc, taiwan, asean, russia, or other.';
comment on column news.outlets.perspective is 'Whose point of view it writes from.';
comment on column news.outlets.language is 'Main language, BCP 47.';
comment on column news.outlets.outlet_kind is 'newspaper, official, defence_press, broadcaster, think_tank, wire, state_media or aggregator.';
comment on column news.outlets.ownership is 'Who owns or controls it, in words.';
comment on column news.outlets.press is 'Whose voice it is, as feeds.yaml says: official (a government speaks for itself), state (a state or ruling party controls it), public (publicly funded, editorially independent), independent, other (aggregators), unknown (feeds.yaml does not say; counts as none of the others).';
comment on column news.outlets.retired_at is 'When it left feeds.yaml; null while it is in force.';
grant select on news.outlets to analyst;
