-- Attention over time: a function rather than a view, but as re-creatable.
drop function if exists news.attention;

create function news.attention(
    query text default null,
    since date default null,
    until date default null,
    by text default 'day',
    topic text default 'us_china_military',
    relevance text default null,
    event text default null,
    entity text default null,
    language text default null,
    outlet text default null,
    country text default null,
    bloc text default null,
    press text default null
)
returns table (
    period date, reports int, independent_reports int, outlets int, collected int, share numeric
)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    asked record;
    first date := coalesce(attention.since, (select min(day) from news.article_search));
    last date := coalesce(attention.until, (select max(day) + 1 from news.article_search));
begin
    if attention.by not in ('day', 'week', 'month') then
        raise exception 'by => ''%'': use day, week or month', attention.by using errcode = 'invalid_parameter_value';
    end if;
    if attention.relevance is not null and attention.relevance not in ('core', 'related', 'tagged') then
        raise exception 'relevance => ''%'': use core, related or tagged', attention.relevance
            using errcode = 'invalid_parameter_value';
    end if;
    select * into asked from news.search_query(coalesce(attention.query, ''));
    return query
    with considered as (
        select collected.*
        from news.collected
        where day >= first and day < last
          and (attention.language is null or language = attention.language)
          and (attention.outlet is null or outlet = attention.outlet)
          and (attention.country is null or country = attention.country)
          and (attention.bloc is null or bloc = attention.bloc)
          and (attention.press is null or press = attention.press)
    ), denominators as (
        select date_trunc(attention.by, day::timestamp)::date as period, count(*) as collected
        from considered
        group by 1
    ), matched as (
        select date_trunc(attention.by, considered.day::timestamp)::date as period, considered.outlet, is_origin
        from considered
        join news.article_search as filed using (article_id)
        where (attention.query is null or filed.words @@ asked.loose and filed.words @@ asked.filed)
          and (attention.relevance is null and attention.event is null or exists (
              select from news.tag
              where tag.article_id = considered.article_id and tag.topic = attention.topic and tag.valid_to is null
                and (attention.relevance is null or tag.relevance = attention.relevance
                    or attention.relevance = 'tagged' and tag.relevance <> 'none')
                and (attention.event is null or tag.event = attention.event)
          ))
          and (attention.entity is null or exists (
              select from news.mention
              join news.entity using (entity_id)
              where mention.article_id = considered.article_id and mention.version = filed.version
                and entity.key = attention.entity
          ))
    ), counted as (
        select period, count(*) as reports, count(*) filter (where is_origin) as independent,
            count(distinct outlet) as outlets
        from matched
        group by period
    )
    select denominators.period, coalesce(counted.reports, 0)::int, coalesce(counted.independent, 0)::int,
        coalesce(counted.outlets, 0)::int, denominators.collected::int,
        round(coalesce(counted.reports, 0)::numeric / denominators.collected, 6)
    from denominators
    left join counted using (period)
    order by period;
end
$$;
comment on function news.attention(text, date, date, text, text, text, text, text, text, text, text, text, text) is
'How much attention something gets over time: one row per period in which anything was collected. '
'query is written as for news.search, and every match counts, not only the newest; relevance (core, related or tagged) '
'and event ask for tags of the topic, entity for an entity named in the text; all that is given must hold. '
'language, outlet, country, bloc and press choose what is counted and what it is counted against. '
'since is the first day, until the day after the last, both UTC; by is day, week (from Monday) or month. '
'reports: articles; independent_reports: of these, origins of their stories; outlets: how many reported it; '
'collected: the denominator, all articles of the period; share: reports as a part of collected.';
revoke execute on function news.attention from public;
grant execute on function news.attention to analyst;
