-- The timeline is kept by day: a refresh counts the days again on which something changed, not all of them.

create table ingest.timeline_count (
    topic text not null,
    event text not null,
    day date not null,
    core int not null,
    core_stories int not null,
    collected int not null,
    expected_stories numeric,
    burst numeric,
    level text,
    primary key (topic, event, day)
);
create index timeline_count_by_day on ingest.timeline_count (day);
comment on table ingest.timeline_count is 'What news.timeline shows: counts of each topic, event type and day, and what was to be expected of them.';
comment on column ingest.timeline_count.topic is 'The topic.';
comment on column ingest.timeline_count.event is 'Event type, or all for all of them together.';
comment on column ingest.timeline_count.day is 'Day of the articles, in UTC.';
comment on column ingest.timeline_count.core is 'Core articles.';
comment on column ingest.timeline_count.core_stories is 'Of these, origins of their stories.';
comment on column ingest.timeline_count.collected is 'All articles of the day.';
comment on column ingest.timeline_count.expected_stories is 'core_stories that were to be expected by the 28 days before; null with fewer than 5 days to compare with.';
comment on column ingest.timeline_count.burst is 'How far above that, in standard deviations of a Poisson count.';
comment on column ingest.timeline_count.level is 'The same in words.';

create table ingest.timeline_due (
    day date not null
);
create index timeline_due_day on ingest.timeline_due (day);
comment on table ingest.timeline_due is 'Days whose counts changed since the last refresh of the timeline; a day may be there often, so that nobody waits for anybody.';
comment on column ingest.timeline_due.day is 'The day.';
insert into ingest.timeline_due (day) select distinct day from news.article_search;
revoke insert, update on ingest.timeline_count, ingest.timeline_due from pipeline;

create function ingest.timeline_of_search() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'UPDATE' and new.day = old.day then
        return null;
    end if;
    if tg_op <> 'INSERT' then
        insert into ingest.timeline_due (day) values (old.day);
    end if;
    if tg_op <> 'DELETE' then
        insert into ingest.timeline_due (day) values (new.day);
    end if;
    return null;
end
$$;
comment on function ingest.timeline_of_search() is 'Notes the days of articles that are new, gone or dated otherwise.';
create trigger timeline_changed after insert or delete or update of reported_at on news.article_search
for each row execute function ingest.timeline_of_search();

create function ingest.timeline_of_tags() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into ingest.timeline_due (day)
    select distinct filed.day
    from changed join news.article_search as filed using (article_id)
    where changed.relevance = 'core';
    return null;
end
$$;
comment on function ingest.timeline_of_tags() is 'Notes the days of articles that became core or are no longer.';
create trigger timeline_opened after insert on news.tag
    referencing new table as changed for each statement execute function ingest.timeline_of_tags();
create trigger timeline_closed after update on news.tag
    referencing new table as changed for each statement execute function ingest.timeline_of_tags();

create function ingest.timeline_of_articles() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into ingest.timeline_due (day)
    select distinct filed.day
    from was
    join changed using (article_id)
    join news.article_search as filed using (article_id)
    where was.story_id is distinct from changed.story_id;
    return null;
end
$$;
comment on function ingest.timeline_of_articles() is 'Notes the days of articles that went to another story.';
create trigger timeline_moved after update on news.article
    referencing old table as was new table as changed for each statement execute function ingest.timeline_of_articles();

create function ingest.timeline_of_stories() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into ingest.timeline_due (day)
    select distinct filed.day
    from was
    join changed using (story_id)
    join news.article_search as filed on filed.article_id in (was.origin_article_id, changed.origin_article_id)
    where (was.origin_article_id, was.origin_kind) is distinct from (changed.origin_article_id, changed.origin_kind);
    return null;
end
$$;
comment on function ingest.timeline_of_stories() is 'Notes the days of origins that changed.';
create trigger timeline_origin after update on news.story
    referencing old table as was new table as changed for each statement execute function ingest.timeline_of_stories();
revoke execute on function ingest.timeline_of_search(), ingest.timeline_of_tags(), ingest.timeline_of_articles(),
    ingest.timeline_of_stories() from public;
