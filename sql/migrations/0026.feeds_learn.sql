-- What a feed's answers taught: which validators lie, how fast its document is replaced, what it listed lately.

alter table ingest.feed
    add column validator_trust int not null default 0,
    add column distrusted text[] not null default '{}' check (distrusted <@ array['etag', 'last_modified']),
    add column turnover_s int check (turnover_s > 0),
    add column remembered bigint[] not null default '{}',
    add column note text check (note <> '');
comment on column ingest.feed.validator_trust is 'Whole documents in a row that agreed with the answers "not modified" before them; below 0: that contradicted them.';
comment on column ingest.feed.distrusted is 'Validators that are not sent any more, since they stayed the same while the entries changed: etag, last_modified.';
comment on column ingest.feed.turnover_s is 'Shortest time lately in which the whole document would be replaced, by the new entries of each poll, in seconds; null before the second document.';
comment on column ingest.feed.remembered is 'Entries that it listed lately, the latest first: an item under another guid or link is looked for among them.';
comment on column ingest.feed.note is 'What is unusual about it though it works, in words.';
comment on column ingest.poll.error is 'What went wrong, in words; after a good poll what was wrong with its answer.';
