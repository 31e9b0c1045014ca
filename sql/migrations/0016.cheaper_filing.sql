-- What is done for every article costs less; what it does stays the same.

create or replace function news.search_form(words text) returns text
language plpgsql stable parallel safe as $$
declare
    -- The parser would take what stands after a < or a & for markup, and pass over it.
    plain text := replace(replace(words, '<', ' '), '&', ' ');
begin
    -- ASCII alone has nothing to fold.
    if octet_length(plain) = length(plain) then
        return plain;
    end if;
    if plain ~ '[\u00c0-\u024f\u1e00-\u1eff]' then
        plain := regexp_replace(normalize(plain, nfkd), '[\u0300-\u036f]+', '', 'g');
    end if;
    if plain !~ '[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\uffef\U00020000-\U0003134f]' then
        return plain;
    end if;
    -- 台灣海峽 becomes 台 台湾 湾海 海峡 峡: pairs of neighbours, in places that follow each other, so that a phrase of
    -- pairs is exactly the sequence of characters.
    return regexp_replace(
        regexp_replace(
            news.fold_han(normalize(plain, nfkc)),
            '([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003134f]+)', ' \1 ', 'g'
        ),
        '([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003134f])', '\1 \1', 'g'
    );
end
$$;

create or replace function news.search_words(title text, body text, language text) returns tsvector
language plpgsql stable parallel safe as $$
declare
    config regconfig := news.search_config(language);
begin
    -- The lexeme "=english" says how the rest is filed: a query asks for its English stems in English articles only.
    -- No parser makes a lexeme that begins with "=". A tsvector holds at most a megabyte: 60,000 characters always fit.
    -- The words of the text come last: to join is to copy, and they are the longest.
    return setweight(to_tsvector(config, news.search_form(left(title, 2000))), 'A')
        || array_to_tsvector(array['=' || config::text])
        || to_tsvector(config, news.search_form(left(body, 60000)));
end
$$;

-- An article that is no member of a story yet, as every new one, needs no look at what stories there are.

create or replace function news.story_topics_of_tags() returns trigger language plpgsql as $$
declare
    -- A tag that says "not relevant" gives a story no topic, and takes none: the tag before it does when it is closed.
    stories bigint[] := array(
        select distinct article.story_id from changed join news.article using (article_id)
        where article.story_id is not null and changed.relevance <> 'none'
    );
begin
    if stories <> '{}' then
        perform news.refresh_story_topics(stories);
    end if;
    return null;
end
$$;

create or replace function news.story_topics_of_articles() returns trigger language plpgsql as $$
declare
    stories bigint[] := array(
        select unnest(array[was.story_id, changed.story_id]) from was join changed using (article_id)
        where (was.story_id, was.version) is distinct from (changed.story_id, changed.version)
    );
begin
    if stories <> '{}' then
        perform news.refresh_story_topics(stories);
    end if;
    return null;
end
$$;

create or replace function news.story_topics_of_versions() returns trigger language plpgsql as $$
declare
    -- An article names its new version before that is stored: without this its story would be gone until it is linked.
    stories bigint[] := array(
        select distinct article.story_id from changed join news.article using (article_id, version)
        where article.story_id is not null
    );
begin
    if stories <> '{}' then
        perform news.refresh_story_topics(stories);
    end if;
    return null;
end
$$;

create or replace function news.story_topics_of_stories() returns trigger language plpgsql as $$
declare
    stories bigint[] := array(
        select story_id from was join changed using (story_id)
        where was.origin_article_id <> changed.origin_article_id
    );
begin
    if stories <> '{}' then
        perform news.refresh_story_topics(stories);
    end if;
    return null;
end
$$;
