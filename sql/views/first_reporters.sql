-- One row per topic, day (UTC) and outlet that had core stories first: how many, who followed, and how fast.
create view news.first_reporters as
with firsts as (
    select topic, day, outlet, country, bloc, story_id, article_id, reported_at
    from news.tagged
    where relevance = 'core' and is_origin
), followed as (
    select firsts.*, follower.article_id as copy_id, follower.outlet as follower,
        case when follower.is_timed and first.is_timed and follower.reported_at >= firsts.reported_at
            then follower.reported_at - firsts.reported_at end as lag
    from firsts
    left join news.article on article.story_id = firsts.story_id and article.article_id <> firsts.article_id
    left join news.articles as follower on follower.article_id = article.article_id
    left join news.articles as first on first.article_id = firsts.article_id
)
select
    topic,
    day,
    outlet,
    country,
    bloc,
    count(distinct story_id)::int as core_stories,
    (count(distinct story_id) filter (where copy_id is not null))::int as copied_stories,
    count(copy_id)::int as copies,
    count(distinct follower)::int as following_outlets,
    min(lag) as shortest_lag,
    percentile_cont(0.5) within group (order by lag) as median_lag
from followed
group by topic, day, outlet, country, bloc;
comment on view news.first_reporters is 'One row per topic, day (UTC) and outlet that had core stories first: how many, who followed, and how fast.';
comment on column news.first_reporters.topic is 'The topic.';
comment on column news.first_reporters.day is 'Day on which the outlet reported, in UTC.';
comment on column news.first_reporters.outlet is 'Short name of the outlet that had the stories first.';
comment on column news.first_reporters.country is 'Its country.';
comment on column news.first_reporters.bloc is 'Its bloc, see news.outlets.';
comment on column news.first_reporters.core_stories is 'Core stories whose origin is its article.';
comment on column news.first_reporters.copied_stories is 'Of these, stories that were copied.';
comment on column news.first_reporters.copies is 'Copies of them.';
comment on column news.first_reporters.following_outlets is 'Outlets that published the copies.';
comment on column news.first_reporters.shortest_lag is 'Time until the first copy, where both times are known; null where none are.';
comment on column news.first_reporters.median_lag is 'Median time until a copy, where both times are known.';
grant select on news.first_reporters to analyst;
