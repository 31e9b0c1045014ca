-- One row per topic, day (UTC) and outlet that had core stories first: how many, who followed, and how fast. The report
-- of an agency that was not collected counts for the agency; its earliest copy is one of those that followed.
create view news.first_reporters as
with firsts as (
    select topic, day, outlet, country, bloc, story_id, article_id, reported_at, true as is_collected
    from news.tagged
    where relevance = 'core' and is_origin
    union all
    select tagged.topic, tagged.day, story.origin_agency, null, null, tagged.story_id, null, null, false
    from news.tagged
    join news.story on story.origin_article_id = tagged.article_id and story.merged_into is null
    where tagged.relevance = 'core' and story.origin_kind = 'agency_not_collected'
), followed as (
    select firsts.*, follower.article_id as copy_id, follower.outlet as follower,
        case when follower.is_timed and first.is_timed and follower.reported_at >= firsts.reported_at
            then follower.reported_at - firsts.reported_at end as lag
    from firsts
    left join news.article
        on article.story_id = firsts.story_id and article.article_id is distinct from firsts.article_id
    left join news.articles as follower on follower.article_id = article.article_id
    left join news.articles as first on first.article_id = firsts.article_id
)
select
    topic,
    day,
    outlet,
    country,
    bloc,
    is_collected,
    count(distinct story_id)::int as core_stories,
    (count(distinct story_id) filter (where copy_id is not null))::int as copied_stories,
    count(copy_id)::int as copies,
    count(distinct follower)::int as following_outlets,
    min(lag) as shortest_lag,
    percentile_cont(0.5) within group (order by lag) as median_lag
from followed
group by topic, day, outlet, country, bloc, is_collected;
comment on view news.first_reporters is 'One row per topic, day (UTC) and outlet, or news agency that was not collected, that had core stories first: how many, who followed, and how fast.';
comment on column news.first_reporters.topic is 'The topic.';
comment on column news.first_reporters.day is 'Day on which the outlet reported, in UTC.';
comment on column news.first_reporters.outlet is 'Short name of the outlet that had the stories first, or name of the news agency whose report was not collected.';
comment on column news.first_reporters.country is 'Its country; null for an agency that was not collected.';
comment on column news.first_reporters.bloc is 'Its bloc, see news.outlets; null for an agency that was not collected.';
comment on column news.first_reporters.is_collected is 'Whether its own report is in the warehouse; false for an agency that is known by its credit.';
comment on column news.first_reporters.core_stories is 'Core stories whose origin is its report.';
comment on column news.first_reporters.copied_stories is 'Of these, stories that were copied.';
comment on column news.first_reporters.copies is 'Copies of them.';
comment on column news.first_reporters.following_outlets is 'Outlets that published the copies.';
comment on column news.first_reporters.shortest_lag is 'Time until the first copy, where both times are known; null where none are.';
comment on column news.first_reporters.median_lag is 'Median time until a copy, where both times are known.';
grant select on news.first_reporters to analyst;
