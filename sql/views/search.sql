-- Full-text search: functions rather than a view, but as re-creatable. What they look in is kept by migration 0008.
drop function if exists news.search;
drop function if exists news.search_snippet;
drop function if exists news.search_query;
drop function if exists news.search_pattern;
drop type if exists news.search_hit;

create function news.search_pattern(phrase text) returns text
language sql stable strict parallel safe as $$
    -- Every Chinese character stands for its variants too, so that the pattern works on the text as it was printed.
    select string_agg(
        case
            when letter ~ '\s' then '\s*'
            when letter ~ '[\u3400-\u9fff\U00020000-\U0003134f]' then '[' || letter || coalesce(variants, '') || ']'
            when letter ~ '\w' then letter
            else '\' || letter
        end, '' order by n
    )
    from string_to_table(phrase, null) with ordinality as letters (letter, n)
    left join lateral (
        select string_agg(traditional || simplified, '') as variants
        from news.han_fold
        where simplified = news.fold_han(letter)
    ) as han on letter ~ '[\u3400-\u9fff\U00020000-\U0003134f]'
$$;
comment on function news.search_pattern(text) is 'A regular expression that finds a phrase in a text, in simplified and traditional characters.';

create function news.search_query(
    query text, out english tsquery, out spanish tsquery, out simple tsquery, out filed tsquery, out loose tsquery,
    out pattern text
)
language plpgsql stable strict parallel safe set client_min_messages = warning as $$
declare
    written constant text := '[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003134f]';
    folded constant text := regexp_replace(normalize(left(query, 1000), nfkc), '[“”„«»]', '"', 'g');
    token text;
    phrase text;
    web text := '';
    patterns text[] := '{}';
begin
    for token in select matched[1] from regexp_matches(folded, '-?"[^"]*"?|[^\s"]+', 'g') as matched loop
        phrase := trim(trim(both '"' from ltrim(token, '-')));
        if left(token, 1) <> '-' and lower(token) <> 'or' and phrase ~ '\w' then
            patterns := patterns || news.search_pattern(phrase);
        end if;
        if phrase ~ written then
            -- The phrase of pairs, without the single characters at its ends: in the text, the run may go on there.
            phrase := trim(news.search_form(phrase));
            phrase := regexp_replace(phrase, '^' || written || ' (?=' || written || ')', '');
            phrase := regexp_replace(phrase, '(' || written || ') ' || written || '$', '\1');
            token := case when left(token, 1) = '-' then '-' else '' end || '"' || phrase || '"';
        end if;
        web := web || ' ' || regexp_replace(normalize(translate(token, '<&', '  '), nfkd), '[\u0300-\u036f]+', '', 'g');
    end loop;
    english := websearch_to_tsquery('english', web);
    spanish := websearch_to_tsquery('spanish', web);
    -- A character that stands alone is the beginning of any pair.
    simple := regexp_replace(websearch_to_tsquery('simple', web)::text, '''(' || written || ')''', '''\1'':*', 'g');
    filed := case when numnode(english) > 0 then '''=english'''::tsquery && english else '' end
        || case when numnode(spanish) > 0 then '''=spanish'''::tsquery && spanish else '' end
        || case when numnode(simple) > 0 then '''=simple'''::tsquery && simple else '' end;
    -- The index knows words, not their places, so a phrase is looked up by its words first. What a query excludes
    -- can't be loosened so.
    loose := case
        when filed::text ~ '!' then filed
        else regexp_replace(filed::text, '<(-|\d+)>', '&', 'g')::tsquery
    end;
    pattern := array_to_string(patterns, '|');
end
$$;
comment on function news.search_query(text) is 'A query in each of the three ways in which articles are filed, all of them as one (filed), and the pattern that finds its words in a text.';

create function news.search_snippet(body text, config regconfig, query tsquery, pattern text) returns text
language plpgsql stable parallel safe as $$
declare
    -- Feed text can't forge the marks: it loses these private-use characters first. Two more stand for < and &, after
    -- which the parser would see markup.
    words constant text := translate(left(body, 60000), e'\n<&\ue000\ue001\ue002\ue003', e' \ue002\ue003');
    found int;
    snippet text;
begin
    if pattern ~ '[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003134f]' then
        found := greatest(regexp_instr(words, pattern, 1, 1, 0, 'i') - 30, 1);
        snippet := case when found > 1 then '…' else '' end
            || regexp_replace(substr(words, found, 110), '(' || pattern || ')', e'\ue000\\1\ue001', 'gi')
            || case when found + 110 <= length(words) then '…' else '' end;
    else
        snippet := ts_headline(config, words, query, format(
            'StartSel=%s, StopSel=%s, MaxFragments=2, MaxWords=24, MinWords=12, FragmentDelimiter=" … "',
            e'\ue000', e'\ue001'
        ));
    end if;
    return translate(snippet, e'\ue002\ue003', '<&');
end
$$;
comment on function news.search_snippet(text, regconfig, tsquery, text) is 'The place in a text that answers a query, each of its words between the characters U+E000 and U+E001.';

create type news.search_hit as (
    article_id bigint,
    story_id bigint,
    reported_at timestamptz,
    outlet text,
    outlet_name text,
    country text,
    perspective text,
    language text,
    title text,
    snippet text,
    relevance text,
    event text,
    rank real,
    url text,
    matches int
);
comment on type news.search_hit is 'One answer of news.search.';
comment on column news.search_hit.article_id is 'The article.';
comment on column news.search_hit.story_id is 'Its story.';
comment on column news.search_hit.reported_at is 'When it was published, or first seen.';
comment on column news.search_hit.outlet is 'Short name of the outlet.';
comment on column news.search_hit.outlet_name is 'Name of the outlet.';
comment on column news.search_hit.country is 'Country of the outlet.';
comment on column news.search_hit.perspective is 'Whose point of view the outlet writes from.';
comment on column news.search_hit.language is 'Language of the text.';
comment on column news.search_hit.title is 'Headline.';
comment on column news.search_hit.snippet is 'The place in the text that answers; the words found stand between U+E000 and U+E001.';
comment on column news.search_hit.relevance is 'Its tag for the topic: core, related or none; null before it is tagged.';
comment on column news.search_hit.event is 'Event type of a core article.';
comment on column news.search_hit.rank is 'How well it answers; comparable within one query only.';
comment on column news.search_hit.url is 'Address.';
comment on column news.search_hit.matches is 'How many articles answer, 1,000 at most.';

create function news.search(
    query text,
    since timestamptz default null,
    until timestamptz default null,
    language text default null,
    outlet text default null,
    relevance text default null,
    topic text default 'us_china_military',
    most int default 20,
    skip int default 0
)
returns setof news.search_hit
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    asked record;
    cold record;
begin
    select * into asked from news.search_query(search.query);
    select count(*) as months, min(month) as first, max(month) as last into cold
    from news.cold_month
    where (search.since is null or month + interval '1 month' > search.since)
      and (search.until is null or month < search.until);
    if cold.months > 0 then
        raise notice 'of % months (% to %) only headlines are searched: their texts are in files, see news.cold_months',
            cold.months, to_char(cold.first, 'YYYY-MM'), to_char(cold.last, 'YYYY-MM');
    end if;
    return query
    with likely as (
        select filed.article_id, filed.reported_at
        from news.article_search as filed
        where filed.words @@ asked.loose
          and (search.since is null or filed.reported_at >= search.since)
          and (search.until is null or filed.reported_at < search.until)
          and (search.language is null or filed.language = search.language)
          and (search.outlet is null or filed.outlet_id = (select outlet_id from news.outlet where key = search.outlet))
          and (search.relevance is null or exists (
              select from news.tag
              where tag.article_id = filed.article_id and tag.topic = search.topic and tag.valid_to is null
                and (tag.relevance = search.relevance or search.relevance = 'tagged' and tag.relevance <> 'none')
          ))
        order by filed.reported_at desc
        limit case when asked.loose = asked.filed then 1000 else 20000 end
    ), candidates as (
        -- Rank is worth the reading of the newest only: who wants older ones gives `until`.
        select found.*
        from likely
        cross join lateral (
            select filed.article_id, filed.version, filed.outlet_id, filed.reported_at, filed.language, filed.words
            from news.article_search as filed
            where filed.article_id = likely.article_id and filed.words @@ asked.filed
            offset 0
        ) as found
        limit 1000
    ), ranked as (
        select candidates.*, config, asked_here,
            ts_rank(candidates.words, asked_here, 1) as rank,
            (count(*) over ())::int as matches
        from candidates
        cross join lateral news.search_config(candidates.language) as config
        cross join lateral (
            select case config
                when 'english'::regconfig then asked.english
                when 'spanish'::regconfig then asked.spanish
                else asked.simple
            end as asked_here
        ) as chosen
        order by rank desc, candidates.reported_at desc, candidates.article_id
        limit least(search.most, 500) offset search.skip
    )
    select
        ranked.article_id, article.story_id, ranked.reported_at, outlet.key, outlet.name, outlet.country,
        outlet.perspective, ranked.language, translate(version.title, e'\ue000\ue001', ''),
        news.search_snippet(version.text, ranked.config, ranked.asked_here, asked.pattern),
        tag.relevance, tag.event, ranked.rank, article.url, ranked.matches
    from ranked
    join news.article on article.article_id = ranked.article_id
    join news.article_version as version on version.article_id = ranked.article_id and version.version = ranked.version
    join news.outlet on outlet.outlet_id = ranked.outlet_id
    left join news.tag on tag.article_id = ranked.article_id and tag.topic = search.topic and tag.valid_to is null
    order by ranked.rank desc, ranked.reported_at desc, ranked.article_id;
end
$$;
comment on function news.search(text, timestamptz, timestamptz, text, text, text, text, int, int) is
'Articles that answer a query, best first. The query is written as for a search engine: words, "a phrase", or, -without. '
'English and Spanish words are found by their stems, Chinese in simplified and traditional characters alike. '
'since and until limit reported_at, relevance is core, related, none or tagged (core or related). '
'The newest 1,000 matches are ranked (ts_rank: titles weigh ten times the text, long texts less); matches counts them. '
'A phrase is looked for in the newest 20,000 articles that have its words. '
'Of months whose texts are in files (news.cold_months) only headlines are searched; a notice says so. '
'most and skip are for pages, 500 rows at most. In snippet, the words found stand between U+E000 and U+E001; '
'everything else in it, and the title, is text of the outlet: escape it first, then replace the two marks.';
revoke execute on function news.search_pattern, news.search_query, news.search_snippet from public;
revoke execute on function news.search from public;
grant execute on function news.search to analyst;
