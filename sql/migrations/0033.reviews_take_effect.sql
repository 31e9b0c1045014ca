-- An editor's review is the decision in force: it closes the machine's tag and opens one of its own. A review that
-- withdraws another ends it. Whoever adds a review, on the page or in SQL, gets the same.

alter table news.review add column withdraws bigint unique references news.review;
comment on column news.review.withdraws is 'The review that this one ends; such a row repeats its verdict and gives none of its own.';
comment on table news.review is 'What an editor says an article''s tag should be. Append-only: the newest of an article and topic that is not withdrawn is in force.';
grant insert (withdraws) on news.review to editor;

alter table news.tag
    add column method text not null default 'rules' check (method in ('rules', 'review')),
    add column review_id bigint references news.review on delete cascade,
    add constraint tag_of_review check ((method = 'review') = (review_id is not null));
comment on column news.tag.method is 'rules: decided by rules and model; review: by an editor, with the evidence of the machine''s tag that it closed.';
comment on column news.tag.review_id is 'The review that decided.';

create function news.review_in_force(of_article bigint, of_topic text) returns bigint
language sql stable as $$
    select review.review_id
    from news.review
    where review.article_id = of_article and review.topic = of_topic and review.withdraws is null
      and not exists (select from news.review as later where later.withdraws = review.review_id)
    order by review.review_id desc
    limit 1
$$;
comment on function news.review_in_force(bigint, text) is 'The review that decides about an article for a topic; null when there is none.';

create function news.obey_review(of_article bigint, of_topic text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    said news.review;
    old news.tag;
    machine news.tag;
    at timestamptz;
begin
    -- Labelling and relabelling hold the same lock: they obey the review that they see after it.
    perform from news.article where article_id = of_article for no key update;
    select * into said from news.review where review_id = news.review_in_force(of_article, of_topic);
    select * into old from news.tag where article_id = of_article and topic = of_topic and valid_to is null;
    if old.tag_id is null or old.review_id is not distinct from said.review_id then
        return false; -- not tagged yet: it is obeyed as soon as it is
    end if;
    select * into machine
    from news.tag
    where article_id = of_article and topic = of_topic and method = 'rules'
    order by valid_from desc, tag_id desc
    limit 1;
    at := greatest(now(), old.valid_from);
    update news.tag set valid_to = at where tag_id = old.tag_id;
    insert into news.tag (
        article_id, version, topic, rules_version, relevance, event, event_also, score, probability,
        related_probability, event_evidence, valid_from, replaces, evidence_of, method, review_id
    )
    values (
        of_article, machine.version, of_topic, machine.rules_version,
        coalesce(said.relevance, machine.relevance),
        case
            when said.review_id is null then machine.event
            when said.relevance = 'core' then coalesce(said.event, machine.event)
        end,
        case
            when said.review_id is null or said.relevance = 'core' and said.event is not distinct from machine.event
            then machine.event_also
        end,
        machine.score, machine.probability, machine.related_probability, machine.event_evidence, at, old.tag_id,
        coalesce(machine.evidence_of, machine.tag_id),
        case when said.review_id is null then 'rules' else 'review' end, said.review_id
    );
    return true;
end
$$;
comment on function news.obey_review(bigint, text) is 'Makes the review in force of an article and topic its tag, or the machine''s tag when none is; whether that changed anything.';

create function news.review_takes_effect() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if new.withdraws is not null and not exists (
        select from news.review as said
        where said.review_id = new.withdraws and said.withdraws is null
          and (said.article_id, said.topic) = (new.article_id, new.topic)
    ) then
        raise exception 'review % is no review of article % and topic % that could be withdrawn',
            new.withdraws, new.article_id, new.topic using errcode = 'check_violation';
    end if;
    perform news.obey_review(new.article_id, new.topic);
    return null;
end
$$;
comment on function news.review_takes_effect() is 'A review is obeyed in the transaction that adds it.';
create trigger review_takes_effect after insert on news.review
for each row execute function news.review_takes_effect();

revoke execute on function news.review_in_force, news.obey_review, news.review_takes_effect from public;
