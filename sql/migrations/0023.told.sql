-- Whose words count where: a feed speaks for its own outlet's sites. And items whose address changes at every poll.

create table news.outlet_site (
    site text not null check (site <> ''),
    outlet_id int not null references news.outlet,
    pages int not null check (pages >= 1),
    first_article_id bigint not null references news.article,
    learned_at timestamptz not null,
    primary key (site, outlet_id)
);
comment on table news.outlet_site is 'Sites beside the home pages at which outlets publish, learned from pages that say the same as the outlet''s own feeds. From three pages on, other outlets'' feeds are strangers there.';
comment on column news.outlet_site.site is 'Host without www.';
comment on column news.outlet_site.outlet_id is 'Which outlet.';
comment on column news.outlet_site.pages is 'Pages of the site whose headline was the one in a feed of the outlet; counted up to three.';
comment on column news.outlet_site.first_article_id is 'The first of them: the evidence.';
comment on column news.outlet_site.learned_at is 'When that was read.';

create function news.is_stranger(feed_outlet int, page_site text) returns boolean
language sql stable parallel safe as $$
    with homes as (
        select outlet_id, regexp_replace(substring(homepage from '^https?://([^/?#]+)'), '^www\.', '') as site, 2 as rank
        from news.outlet
        where retired_at is null and homepage is not null
        union all
        select outlet_id, site, 1 from news.outlet_site where site = page_site and pages >= 3
    ), owners as (
        select outlet_id, rank() over (order by homes.rank desc, length(site) desc) as place
        from homes
        where site = page_site or right(page_site, length(site) + 1) = '.' || site
    )
    select exists (select from owners where place = 1)
        and not exists (select from owners where place = 1 and outlet_id = feed_outlet)
$$;
comment on function news.is_stranger(int, text) is 'Whether a site is another outlet''s than the one of a feed: by the home pages, else by what was learned. At a site of nobody''s, nobody is a stranger.';

alter table news.article add column as_told_by int references ingest.feed;
comment on column news.article.as_told_by is 'The feed whose text this is, where the page is at another outlet''s site and could not be had; null for what was read from a page or told by the outlet itself. outlet_id is the feed''s then, and url_key names the feed, so that the page''s own outlet loses nothing.';

alter table ingest.entry add column moves int not null default 0 check (moves >= 0);
comment on column ingest.entry.moves is 'How often its address changed and it was collected anew; after three times only its words are kept.';
