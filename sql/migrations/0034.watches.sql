-- Watches: saved filters whose new stories or events are told once; and tokens, by which programs read.

create table news.watch (
    watch_id int generated always as identity primary key,
    key text unique check (key ~ '^[a-z][a-z0-9_]*$'),
    name text not null check (name <> '' and length(name) <= 200),
    owner text not null check (owner <> ''),
    filters jsonb not null check (jsonb_typeof(filters) = 'object'),
    per text not null check (per in ('story', 'event', 'burst')),
    digest_hour int check (digest_hour between 0 and 23),
    channels text[],
    created_at timestamptz not null default now(),
    told_from timestamptz not null default now(),
    paused_at timestamptz,
    retired_at timestamptz
);
comment on table news.watch is 'A saved search or filter whose new stories or events are told, once each.';
comment on column news.watch.watch_id is 'Identity.';
comment on column news.watch.key is 'Its key in watches.yaml; null for one that was made on a page.';
comment on column news.watch.name is 'Name for people.';
comment on column news.watch.owner is 'Whose it is.';
comment on column news.watch.filters is 'What must match, by the parameters of news.matches.';
comment on column news.watch.per is 'Told once per story, per event, or per burst (a day on which a type of event had far more stories than expected).';
comment on column news.watch.digest_hour is 'Told once a day, from this hour on (UTC); null: at once.';
comment on column news.watch.channels is 'Through which channels; null: all that exist.';
comment on column news.watch.created_at is 'When it was made.';
comment on column news.watch.told_from is 'What feeds listed before is not told: when it was made, or resumed after a pause.';
comment on column news.watch.paused_at is 'Since when nothing is told; null while it is not paused.';
comment on column news.watch.retired_at is 'When it was removed.';

create table news.watch_message (
    message_id bigint generated always as identity primary key,
    watch_id int not null references news.watch,
    channel text not null check (channel <> ''),
    created_at timestamptz not null,
    digest_day date,
    sent_at timestamptz,
    tries int not null default 0 check (tries >= 0),
    error text
);
create unique index watch_message_digest on news.watch_message (watch_id, channel, digest_day) where digest_day is not null;
create index watch_message_unsent on news.watch_message (message_id) where sent_at is null;
create index watch_message_watch on news.watch_message (watch_id, message_id);
comment on table news.watch_message is 'A message about a watch. It is sent until a channel took it, always with the same number, by which a receiver knows a repetition.';
comment on column news.watch_message.message_id is 'Identity, in the message too.';
comment on column news.watch_message.watch_id is 'Of which watch.';
comment on column news.watch_message.channel is 'Through which channel.';
comment on column news.watch_message.created_at is 'When it was written.';
comment on column news.watch_message.digest_day is 'Of a digest its day in UTC: one a day.';
comment on column news.watch_message.sent_at is 'When the channel took it; null until then.';
comment on column news.watch_message.tries is 'Tries that failed.';
comment on column news.watch_message.error is 'Why the last try failed.';

create table news.watch_item (
    watch_id int not null references news.watch,
    channel text not null,
    subject text not null check (subject <> ''),
    message_id bigint not null references news.watch_message,
    article_id bigint references news.article,
    story_id bigint references news.story,
    event_id bigint references news.story,
    title text not null,
    outlet text,
    url text,
    reported_at timestamptz not null,
    primary key (watch_id, channel, subject)
);
create index watch_item_message on news.watch_item (message_id);
create index watch_item_article on news.watch_item (article_id);
comment on table news.watch_item is 'What a message tells: a story, event or burst stands once for each watch and channel.';
comment on column news.watch_item.watch_id is 'The watch.';
comment on column news.watch_item.channel is 'The channel.';
comment on column news.watch_item.subject is 'story:…, event:… or burst:….';
comment on column news.watch_item.message_id is 'In which message.';
comment on column news.watch_item.article_id is 'The article that matched; null for a burst.';
comment on column news.watch_item.story_id is 'Its story when it was told.';
comment on column news.watch_item.event_id is 'Its event when it was told.';
comment on column news.watch_item.title is 'Its headline, or the burst in words.';
comment on column news.watch_item.outlet is 'Name of its outlet.';
comment on column news.watch_item.url is 'Its address.';
comment on column news.watch_item.reported_at is 'When it was published, or first seen; of a burst its day.';

create table news.access_token (
    token_id int generated always as identity primary key,
    digest text not null unique,
    owner text not null check (owner <> ''),
    name text not null check (name <> '' and length(name) <= 200),
    watch_id int references news.watch,
    created_at timestamptz not null default now(),
    revoked_at timestamptz,
    last_used_at timestamptz,
    minute timestamptz,
    requests int not null default 0
);
comment on table news.access_token is 'What a program reads the API by. The token itself is shown once and kept by its digest alone.';
comment on column news.access_token.token_id is 'Identity.';
comment on column news.access_token.digest is 'SHA-256 of the token.';
comment on column news.access_token.owner is 'Whose it is: the name of the login that made it.';
comment on column news.access_token.name is 'What it is for, in the owner''s words.';
comment on column news.access_token.watch_id is 'It reads this watch''s feed and nothing else; null: the whole API.';
comment on column news.access_token.created_at is 'When it was made.';
comment on column news.access_token.revoked_at is 'When it was revoked; null while it is good.';
comment on column news.access_token.last_used_at is 'When it was used last.';
comment on column news.access_token.minute is 'The minute of its last request.';
comment on column news.access_token.requests is 'Requests in that minute.';
