-- name: lock_topics(key)!
-- Lets one task at a time bring topics into force; the lock ends with the transaction.
select pg_advisory_xact_lock(:key);

-- name: topics_in_force()
-- Gives the topics in force with their rules and models.
select topic, version, content from news.topic_rules where in_force_until is null order by topic;

-- name: close_topic_rules(topics, now)!
-- Ends the time of the rules of these topics.
update news.topic_rules set in_force_until = greatest(:now, in_force_from) where in_force_until is null and topic = any (:topics);

-- name: open_topic_rules(topic, version, title, content, now)!
-- Puts rules into force; rules that were in force before are so again.
insert into news.topic_rules (topic, version, title, content, in_force_from)
values (:topic, :version, :title, :content, :now)
on conflict (topic, version) do update set in_force_from = excluded.in_force_from, in_force_until = null;

-- name: untagged_articles(n)
-- Takes up to n articles whose present version was not tagged, for this transaction. Waits for who holds one (passing
-- over it would leave it untagged while copies are linked), and gives it only if it is untagged then.
select
    article.article_id, article.version, article_version.title, article_version.text, article_version.language,
    coalesce(article_version.published_at, article.first_seen_at) as reported_at
from news.article
join news.article_version using (article_id, version)
where article.tagged_at is null
order by article.article_id
limit :n
for update of article;

-- name: articles_of_other_rules(topic, rules_version, since, until, after, n)
-- Takes up to n articles, first seen in a time, whose tag for a topic is missing or was decided by other rules.
select
    article.article_id, article.version, article_version.title, article_version.text, article_version.language,
    coalesce(article_version.published_at, article.first_seen_at) as reported_at
from news.article
join news.article_version using (article_id, version)
left join news.tag
    on tag.article_id = article.article_id and tag.topic = :topic and tag.valid_to is null
where article.tagged_at is not null
  and article.article_id > :after
  and (:since::timestamptz is null or article.first_seen_at >= :since)
  and (:until::timestamptz is null or article.first_seen_at < :until)
  and tag.rules_version is distinct from :rules_version
order by article.article_id
limit :n
for update of article;

-- name: tags_in_force(article_ids, topics)
-- Gives the tags in force of these articles for these topics.
select tag_id, article_id, topic, version, rules_version, relevance
from news.tag
where article_id = any (:article_ids) and topic = any (:topics) and valid_to is null;

-- name: close_tags(tag_ids, now)!
-- Ends the time of tags.
update news.tag set valid_to = greatest(:now, valid_from) where tag_id = any (:tag_ids);

-- name: open_tags()
-- Adds tags; gives their ids.
insert into news.tag (article_id, version, topic, rules_version, relevance, event, score, probability, valid_from)
values %s
returning tag_id, article_id, topic;

-- name: save_evidence()!
-- Adds evidence rows.
insert into news.evidence (tag_id, n, rule, term, field, start_at, end_at, weight) values %s;

-- name: save_entities()
-- Adds or renames entities, by key; gives their ids.
insert into news.entity (key, kind, name, country) values %s
on conflict (key) do update set kind = excluded.kind, name = excluded.name, country = excluded.country
returning entity_id, key;

-- name: clear_mentions(article_ids, topics)!
-- Removes what other rules, or other words of the article, made these topics mention.
delete from news.mention where article_id = any (:article_ids) and topic = any (:topics);

-- name: save_mentions()!
-- Adds mentions.
insert into news.mention (article_id, version, topic, entity_id, role, field, start_at, end_at) values %s
on conflict do nothing;

-- name: mark_tagged(article_ids, now)!
-- Notes that the present versions of these articles were tagged.
update news.article set tagged_at = :now where article_id = any (:article_ids);
