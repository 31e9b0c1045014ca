create view news.evidence as
select
    tag.tag_id,
    evidence_row.n,
    evidence_row.rule,
    evidence_row.term,
    evidence_row.field,
    evidence_row.start_at,
    evidence_row.end_at,
    evidence_row.weight
from news.tag
join news.evidence_row on evidence_row.tag_id = coalesce(tag.evidence_of, tag.tag_id);
comment on view news.evidence is 'One row per reason of a tag, of present and past ones alike: their weights add up to its score.';
comment on column news.evidence.tag_id is 'Which tag, as in news.tag_history.';
comment on column news.evidence.n is 'Order, from 1.';
comment on column news.evidence.rule is 'Id of the rule in the topic file, or of the model''s feature.';
comment on column news.evidence.term is 'The exact words in the article; of field model, which has no words, what the model looked at in the whole article.';
comment on column news.evidence.field is 'title, text, or model for rows that stand for the whole article.';
comment on column news.evidence.start_at is 'First character of the term in the field, from 0; null for model rows.';
comment on column news.evidence.end_at is 'Character after the term.';
comment on column news.evidence.weight is 'What it adds to the score, in log-odds; negative when it speaks against.';
grant select on news.evidence to analyst;
