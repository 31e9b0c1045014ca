-- One article can be deleted everywhere, as law may ask: what was deleted is listed, and its addresses are never read again.

create table news.deletion (
    deletion_id bigint generated always as identity primary key,
    article_id bigint not null unique,
    outlet_id int not null references news.outlet,
    reason text not null check (reason <> ''),
    deleted_by text not null check (deleted_by <> ''),
    deleted_at timestamptz not null
);
comment on table news.deletion is 'Articles that were deleted everywhere: who, when and why, nothing of what they said. Append-only.';
comment on column news.deletion.deletion_id is 'Identity.';
comment on column news.deletion.article_id is 'The number that the article had; no other article gets it.';
comment on column news.deletion.outlet_id is 'Whose it was.';
comment on column news.deletion.reason is 'Why it was deleted.';
comment on column news.deletion.deleted_by is 'Who deleted it.';
comment on column news.deletion.deleted_at is 'When.';

create table ingest.deleted_address (
    url_key text primary key,
    deletion_id bigint not null references news.deletion
);
comment on table ingest.deleted_address is 'Addresses that are never collected again, since their article was deleted. Append-only.';
comment on column ingest.deleted_address.url_key is 'The address, in the form that decides whether two are the same.';
comment on column ingest.deleted_address.deletion_id is 'The deletion.';

create trigger deletion_append_only before update or delete or truncate on news.deletion
for each statement execute function news.refuse_change();
create trigger deleted_address_append_only before update or delete or truncate on ingest.deleted_address
for each statement execute function news.refuse_change();
-- Only the owner deletes articles.
revoke insert, update on news.deletion, ingest.deleted_address from pipeline;

alter table ingest.entry drop constraint entry_reason_check;
alter table ingest.entry add constraint entry_reason_check check (reason in (
    'no_url', 'bad_url', 'robots_disallowed', 'blocked_address', 'gone', 'bot_wall', 'paywall', 'not_html',
    'not_article', 'too_large', 'too_many_redirects', 'no_text', 'too_old', 'extraction_failed', 'retries_exhausted',
    'deleted'
)) not valid;

create function ingest.refuse_deleted() returns trigger
language plpgsql as $$
begin
    if exists (
        select from ingest.deleted_address
        where url_key in (new.url_key, new.url_key || ' as told by feed ' || new.feed_id)
    ) then
        -- Identity and address stay: without them the next poll would list it as new.
        new.title := '';
        new.summary := null;
        new.content := null;
        new.authors := '{}';
        new.dates := '[]';
        new.state := 'dropped';
        new.reason := 'deleted';
        new.detail := null;
        new.lease_until := null;
        new.lease_by := null;
        new.page_id := null;
        new.article_id := null;
    end if;
    return new;
end
$$;
comment on function ingest.refuse_deleted() is 'Keeps the words of deleted articles out of the entries, whichever feed lists them again.';
create trigger refuse_deleted before insert or update of url_key, title, summary, content, state, article_id on ingest.entry
for each row execute function ingest.refuse_deleted();

alter table news.outlet_site alter column first_article_id drop not null;
