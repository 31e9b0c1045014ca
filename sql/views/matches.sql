-- Articles that match filters, newest first: a function rather than a view, but as re-creatable.
drop function if exists news.matches;
drop type if exists news.match;

create type news.match as (
    article_id bigint,
    story_id bigint,
    event_id bigint,
    reported_at timestamptz,
    is_dated boolean,
    is_origin boolean,
    outlet text,
    outlet_name text,
    country text,
    bloc text,
    press text,
    language text,
    title text,
    lead text,
    relevance text,
    event text,
    probability real,
    wire text,
    url text
);
comment on type news.match is 'One row of news.matches.';
comment on column news.match.article_id is 'The article.';
comment on column news.match.story_id is 'Its story; null until its copies were looked for.';
comment on column news.match.event_id is 'The event that its story tells of; null for none.';
comment on column news.match.reported_at is 'When it was published, or first seen.';
comment on column news.match.is_dated is 'Whether it has a publication date.';
comment on column news.match.is_origin is 'Whether it is an independent report: the origin of its story, and no first copy of an agency that was not collected.';
comment on column news.match.outlet is 'Short name of the outlet.';
comment on column news.match.outlet_name is 'Name of the outlet.';
comment on column news.match.country is 'Country of the outlet.';
comment on column news.match.bloc is 'Bloc of the outlet, see news.outlets.';
comment on column news.match.press is 'Whose voice the outlet is, see news.outlets.';
comment on column news.match.language is 'Language of the text.';
comment on column news.match.title is 'Headline.';
comment on column news.match.lead is 'The first 300 characters of the text.';
comment on column news.match.relevance is 'Its tag for the topic: core, related or none; null before it is tagged.';
comment on column news.match.event is 'Event type of a core article.';
comment on column news.match.probability is 'Calibrated probability of core.';
comment on column news.match.wire is 'Credited news agency.';
comment on column news.match.url is 'Address.';

create function news.matches(
    query text default null,
    topic text default 'us_china_military',
    relevance text default null,
    event text default null,
    entity text default null,
    language text default null,
    outlet text default null,
    perspective text default null,
    bloc text default null,
    press text default null,
    since timestamptz default null,
    until timestamptz default null,
    seen_since timestamptz default null,
    before_at timestamptz default null,
    before_article bigint default null,
    most int default 100
)
returns setof news.match
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    asked record;
    has_words constant boolean := coalesce(matches.query, '') ~ '\S';
begin
    if matches.relevance is not null and matches.relevance not in ('core', 'related', 'tagged', 'none') then
        raise exception 'relevance => ''%'': use core, related, tagged or none', matches.relevance
            using errcode = 'invalid_parameter_value';
    end if;
    select * into asked from news.search_query(coalesce(matches.query, ''));
    return query
    select
        filed.article_id, article.story_id, member.event_id, filed.reported_at, version.published_at is not null,
        story.story_id is not null and story.origin_kind is distinct from 'agency_not_collected',
        outlets.outlet, outlets.outlet_name, outlets.country, outlets.bloc, outlets.press, filed.language, version.title,
        left(version.text, 300), tag.relevance, tag.event, tag.probability, version.wire, article.url
    from news.article_search as filed
    join news.article on article.article_id = filed.article_id
    join news.outlets on outlets.outlet_id = filed.outlet_id
    left join news.tag on tag.article_id = filed.article_id and tag.topic = matches.topic and tag.valid_to is null
    join news.article_version as version on version.article_id = filed.article_id and version.version = filed.version
    left join news.story on story.origin_article_id = filed.article_id and story.merged_into is null
    left join news.event_member as member on member.story_id = article.story_id and member.valid_to is null
    where (not has_words or filed.words @@ asked.loose and filed.words @@ asked.filed)
      and (matches.since is null or filed.reported_at >= matches.since)
      and (matches.until is null or filed.reported_at < matches.until)
      and (matches.seen_since is null or article.first_seen_at >= matches.seen_since)
      and (matches.language is null or filed.language = matches.language)
      and (matches.outlet is null or filed.outlet_id = (select outlet_id from news.outlet where key = matches.outlet))
      and (matches.perspective is null or outlets.perspective = matches.perspective)
      and (matches.bloc is null or outlets.bloc = matches.bloc)
      and (matches.press is null or outlets.press = matches.press)
      and (matches.relevance is null or tag.relevance = matches.relevance
          or matches.relevance = 'tagged' and tag.relevance <> 'none')
      and (matches.event is null or tag.event = matches.event)
      and (matches.entity is null or exists (
          select from news.mention
          join news.entity using (entity_id)
          where mention.article_id = filed.article_id and mention.version = filed.version and entity.key = matches.entity
      ))
      and (matches.before_at is null
          or (filed.reported_at, filed.article_id) < (matches.before_at, coalesce(matches.before_article, 0)))
    order by filed.reported_at desc, filed.article_id desc
    limit least(matches.most, 10000);
end
$$;
comment on function news.matches is
'Articles that match filters, newest first; all that is given must hold. query is written as for news.search, and every '
'match counts; relevance is core, related, tagged (core or related) or none, of the topic; entity is the key of an entity '
'that the text names. since and until limit reported_at, seen_since when a feed first listed the article. before_at and '
'before_article go on after the last row of an earlier answer. most is 10,000 at most.';
revoke execute on function news.matches from public;
grant execute on function news.matches to analyst;
