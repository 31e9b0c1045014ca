-- Whose report a story is; events and storylines above the stories; who cites whom; what people said about both.

alter table news.story
    add column origin_kind text
        check (origin_kind in ('own_report', 'agency_collected', 'agency_not_collected', 'unknown')),
    add column origin_agency text,
    add column origin_time text check (origin_time in ('timed', 'zone_assumed', 'date_only', 'first_seen', 'undated')),
    add column also_first bigint[] not null default '{}',
    add column event_due boolean not null default true,
    drop constraint story_origin_reason_check,
    add constraint story_origin_reason_check check (
        origin_reason in ('only_article', 'credited_wire', 'earliest_published', 'earliest_seen', 'undated', 'corrected')
    );
create index story_event_due on news.story (story_id) where event_due;
comment on column news.story.origin_kind is 'Whose report it is: own_report, agency_collected, agency_not_collected (then the agency is the origin, and origin_article_id the earliest copy that was collected), or unknown; null until it is linked again.';
comment on column news.story.origin_agency is 'The news agency whose report it is.';
comment on column news.story.origin_time is 'How well the time of its origin is known: timed, zone_assumed, date_only, first_seen or undated.';
comment on column news.story.also_first is 'Articles of other publishers that could have had it first as well, as far as the times tell.';
comment on column news.story.event_due is 'Whether its event is to be looked for: it is new, has another origin, or its origin another text.';

insert into ingest.lock (name) values ('events');

create function news.zone_was_assumed(dates jsonb, source text) returns boolean
language sql immutable parallel safe as $$
    select exists (
        select from jsonb_array_elements(dates) as claimed
        where claimed ->> 'source' = zone_was_assumed.source and (claimed ->> 'zone_assumed')::boolean
    )
$$;
comment on function news.zone_was_assumed(jsonb, text) is 'Whether the time of publication that is believed was written without a time zone.';

create table news.event_reading (
    story_id bigint primary key references news.story,
    article_id bigint not null references news.article,
    version int not null check (version >= 1),
    method text not null check (method <> ''),
    event_at timestamptz not null,
    format text not null check (format in ('news', 'background', 'opinion', 'standing')),
    statement boolean not null,
    follows boolean not null,
    title_terms text[] not null,
    terms text[] not null,
    weights real[] not null,
    check (cardinality(terms) = cardinality(weights))
);
create index event_reading_at on news.event_reading (event_at);
comment on table news.event_reading is 'What the events of stories are found by: the terms of each story''s origin.';
comment on column news.event_reading.story_id is 'Which story.';
comment on column news.event_reading.article_id is 'Its origin when it was read.';
comment on column news.event_reading.version is 'Which version of it was read.';
comment on column news.event_reading.method is 'Name and version of the method.';
comment on column news.event_reading.event_at is 'Since when the origin stood there.';
comment on column news.event_reading.format is 'What its headline announces: news, background, opinion, or a standing format, which tells of no one event.';
comment on column news.event_reading.statement is 'The headline is somebody''s statement about what happened.';
comment on column news.event_reading.follows is 'The headline names an earlier happening as its background.';
comment on column news.event_reading.title_terms is 'Terms of the headline, in order.';
comment on column news.event_reading.terms is 'Terms of headline and lead.';
comment on column news.event_reading.weights is 'Their weights, in the same order.';

create table news.event_member (
    event_member_id bigint generated always as identity primary key,
    story_id bigint not null references news.story,
    event_id bigint references news.story,
    kernel_id bigint references news.story,
    storyline_id bigint references news.story,
    reason text not null
        check (reason in ('opens', 'same_words', 'same_onset', 'belongs', 'corrected', 'no_event', 'merged')),
    score real,
    terms text[] not null,
    method text not null check (method <> ''),
    valid_from timestamptz not null,
    valid_to timestamptz check (valid_to >= valid_from),
    check ((event_id is null) = (storyline_id is null))
);
create unique index event_member_in_force on news.event_member (story_id) where valid_to is null;
create index event_member_event on news.event_member (event_id) where valid_to is null;
create index event_member_storyline on news.event_member (storyline_id) where valid_to is null;
comment on table news.event_member is 'Which event a story tells of, and why. An event is known by the story of its first report, a storyline by its first event. Rows are closed, never overwritten or deleted.';
comment on column news.event_member.event_member_id is 'Identity.';
comment on column news.event_member.story_id is 'The story.';
comment on column news.event_member.event_id is 'The event, by the story of its first report; null for what tells of no one event.';
comment on column news.event_member.kernel_id is 'The reports in nearly the same words that it stands with, by the story of the first of them.';
comment on column news.event_member.storyline_id is 'The storyline, by its first event.';
comment on column news.event_member.reason is 'opens, same_words, same_onset (large groups that begin together), belongs (to a large event that it speaks of), corrected (by a person), no_event, or merged (the story is part of another).';
comment on column news.event_member.score is 'Of same_words the log-likelihood above chance, of belongs the logit.';
comment on column news.event_member.terms is 'What it shares with the event, the most telling first: names as the gazetteer knows them, numbers, beginnings of words.';
comment on column news.event_member.method is 'Name and version of the method.';
comment on column news.event_member.valid_from is 'When it was found.';
comment on column news.event_member.valid_to is 'When something better took its place; null while it holds.';

create table news.correction (
    correction_id bigint generated always as identity primary key,
    kind text not null check (kind in ('same_story', 'not_a_copy', 'origin', 'same_event', 'other_event')),
    article_id bigint not null references news.article,
    other_article_id bigint references news.article,
    said_by text not null check (said_by <> ''),
    said_at timestamptz not null,
    note text,
    withdraws bigint unique references news.correction,
    check ((kind = 'origin') = (other_article_id is null)),
    check (other_article_id <> article_id)
);
create index correction_article on news.correction (article_id);
create index correction_other on news.correction (other_article_id);
comment on table news.correction is 'What people said about stories and events; every later linking obeys it. Rows are only added: one that withdraws another ends it.';
comment on column news.correction.correction_id is 'Identity.';
comment on column news.correction.kind is 'same_story and not_a_copy: of two articles; origin: the article is the origin of its story; same_event and other_event: of the stories of two articles.';
comment on column news.correction.article_id is 'The article.';
comment on column news.correction.other_article_id is 'The other article.';
comment on column news.correction.said_by is 'Who said so.';
comment on column news.correction.said_at is 'When.';
comment on column news.correction.note is 'Why.';
comment on column news.correction.withdraws is 'The correction that this one ends; such a row says nothing else.';

create table news.citation (
    article_id bigint not null references news.article,
    version int not null check (version >= 1),
    cited text not null check (cited <> ''),
    kind text not null check (kind in ('report', 'statement', 'document')),
    field text not null check (field in ('title', 'text')),
    span_start int not null check (span_start >= 0),
    span_end int not null,
    primary key (article_id, version, field, span_start),
    check (span_end > span_start)
);
create index citation_cited on news.citation (cited);
comment on table news.citation is 'Where an article cites an outlet, an agency or an official account without copying it (`told Reuters`).';
comment on column news.citation.article_id is 'The article that cites.';
comment on column news.citation.version is 'Which version of it.';
comment on column news.citation.cited is 'Who is cited.';
comment on column news.citation.kind is 'report: what it reported; statement: what somebody told it; document: what it had seen.';
comment on column news.citation.field is 'title or text.';
comment on column news.citation.span_start is 'First character of the citing words, counted from 0.';
comment on column news.citation.span_end is 'Character after the last.';
