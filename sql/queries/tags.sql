-- name: lock_topics()!
-- Lets one task at a time bring topics into force; the lock ends with the transaction.
select from ingest.lock where name = 'topics' for update;

-- name: topics_in_force()
-- Returns the topics in force with their rules and models.
select topic, version, content from news.topic_rules where in_force_until is null order by topic;

-- name: topic_versions_in_force()
-- Returns the versions of the topics in force, without their rules and models, which are long.
select topic, version from news.topic_rules where in_force_until is null order by topic;

-- name: topic_files_read()$
-- Returns the digest of the topic files as they were last found sound; null before the first time. May be null: digest. Always one row.
select (select digest from ingest.topic_files) as digest;

-- name: keep_topic_files_read(digest, now)!
-- Keeps the digest of topic files that were found sound.
insert into ingest.topic_files (digest, read_at) values (:digest, :now)
on conflict (is_only) do update set digest = excluded.digest, read_at = excluded.read_at;

-- name: close_topic_rules(topics, now)!
-- Closes the active rules of these topics.
update news.topic_rules set in_force_until = greatest(:now, in_force_from) where in_force_until is null and topic = any (:topics);

-- name: open_topic_rules(topic, version, title, content, now)!
-- Activates rules; earlier rules can be activated again.
insert into news.topic_rules (topic, version, title, content, in_force_from)
values (:topic, :version, :title, :content, :now)
on conflict (topic, version) do update set in_force_from = excluded.in_force_from, in_force_until = null;

-- name: untagged_articles(n)
-- Takes up to n articles whose current version was not tagged, for this transaction. Waits for who holds one (passing
-- over it would leave it untagged while copies are linked), and gives it only if it is untagged then.
select
    article.article_id, article.version, article_version.title, article_version.text, article_version.language,
    coalesce(article_version.published_at, article.first_seen_at) as reported_at
from news.article
join news.article_version using (article_id, version)
where article.tagged_at is null
order by article.article_id
limit :n
for no key update of article;

-- name: articles_of_other_rules(topic, rules_version, since, until, part, parts, after, n)
-- Takes up to n articles, first seen in a time, whose tag for a topic is missing or was decided by other rules. Those of
-- one story are in one part. Skips locked ones: waiting for linking while holding its locks would be a deadlock.
select
    article.article_id, article.version, article_version.title, article_version.text, article_version.language,
    coalesce(article_version.published_at, article.first_seen_at) as reported_at
from news.article
join news.article_version using (article_id, version)
left join news.tag
    on tag.article_id = article.article_id and tag.topic = :topic and tag.valid_to is null
where article.tagged_at is not null
  and article.article_id > :after
  and mod(coalesce(article.story_id, article.article_id), :parts) = :part
  and (:since::timestamptz is null or article.first_seen_at >= :since)
  and (:until::timestamptz is null or article.first_seen_at < :until)
  and tag.rules_version is distinct from :rules_version
  and not article_version.cold
order by article.article_id
limit :n
for no key update of article skip locked;

-- name: has_articles_of_other_rules(topic, rules_version, since, until, part, parts)$
-- Returns whether there are such articles, held by others or not. Always one row.
select exists (
    select from news.article
    join news.article_version using (article_id, version)
    left join news.tag
        on tag.article_id = article.article_id and tag.topic = :topic and tag.valid_to is null
    where article.tagged_at is not null
      and mod(coalesce(article.story_id, article.article_id), :parts) = :part
      and (:since::timestamptz is null or article.first_seen_at >= :since)
      and (:until::timestamptz is null or article.first_seen_at < :until)
      and tag.rules_version is distinct from :rules_version
      and not article_version.cold
);

-- name: rules_version_in_force(topic)$
-- Returns the version of a topic's rules in force.
select version from news.topic_rules where topic = :topic and in_force_until is null;

-- name: rules_of_version(topic, version)$
-- Returns rules that are or were in force.
select content from news.topic_rules where topic = :topic and version = :version;

-- name: tags_in_force(article_ids, topics)
-- Returns the tags in force of these articles for these topics.
select tag_id, article_id, topic, version, rules_version, relevance, event, event_also, valid_from, method
from news.tag
where article_id = any (:article_ids) and topic = any (:topics) and valid_to is null;

-- name: close_tags(tag_ids, now)!
-- Closes tags.
update news.tag set valid_to = greatest(:now, valid_from) where tag_id = any (:tag_ids);

-- name: open_tags()
-- Adds tags; returns their ids.
insert into news.tag (
    article_id, version, topic, rules_version, relevance, event, event_also, score, probability, related_probability,
    event_evidence, valid_from, replaces
)
values %s
returning tag_id, article_id, topic;

-- name: repeat_tags(tag_ids, rules_version, now)!
-- Adds tags that repeat closed ones under other rules, with the same evidence.
insert into news.tag (
    article_id, version, topic, rules_version, relevance, event, event_also, score, probability, related_probability,
    event_evidence, valid_from, replaces, evidence_of, method, review_id
)
select
    article_id, version, topic, :rules_version, relevance, event, event_also, score, probability, related_probability,
    event_evidence, :now, tag_id, coalesce(evidence_of, tag_id), method, review_id
from news.tag
where tag_id = any (:tag_ids);

-- name: obey_reviews(article_ids, topics)
-- Makes what editors said about these articles their tags; returns whether that changed each. Never null: changed.
select news.obey_review(reviewed.article_id, reviewed.topic) as changed
from (
    select distinct article_id, topic from news.review where article_id = any (:article_ids) and topic = any (:topics)
) as reviewed;

-- name: save_evidence()!
-- Adds evidence rows.
insert into news.evidence_row (tag_id, n, rule, term, field, start_at, end_at, weight) values %s;

-- name: known_entities(keys)
-- Returns entities by key.
select entity_id, key, kind, name, country, wikidata, latitude, longitude from news.entity where key = any (:keys);

-- name: save_entities()
-- Adds or renames entities, by key; returns their ids.
insert into news.entity (key, kind, name, country, wikidata, latitude, longitude) values %s
on conflict (key) do update set
    kind = excluded.kind, name = excluded.name, country = excluded.country, wikidata = excluded.wikidata,
    latitude = excluded.latitude, longitude = excluded.longitude
returning entity_id, key;

-- name: clear_mentions()!
-- Removes mentions that other rules, or another version of an article, produced.
delete from news.mention
using (values %s) as outdated (article_id, topic)
where mention.article_id = outdated.article_id and mention.topic = outdated.topic;

-- name: save_mentions()!
-- Adds mentions.
insert into news.mention (article_id, version, topic, entity_id, role, field, start_at, end_at) values %s
on conflict do nothing;

-- name: mark_tagged(article_ids, now)!
-- Notes that the current versions of these articles were tagged.
update news.article set tagged_at = :now where article_id = any (:article_ids);

-- name: rules_changes(topic, rules_version)
-- Returns the articles whose relevance or event other rules had decided differently, the likeliest first.
select
    case
        when before.relevance = 'none' then 'gained'
        when tag.relevance = 'none' then 'lost'
        else 'moved'
    end as change,
    tag.article_id, tag.relevance, tag.event, before.relevance as old_relevance, before.event as old_event,
    article_version.title
from news.tag
join news.tag as before on before.tag_id = tag.replaces
join news.article_version on article_version.article_id = tag.article_id and article_version.version = tag.version
where tag.topic = :topic
  and tag.rules_version = :rules_version
  and tag.valid_to is null
  and before.rules_version <> tag.rules_version
  and (tag.relevance, tag.event) is distinct from (before.relevance, before.event)
order by greatest(tag.probability, before.probability) desc, tag.article_id;
