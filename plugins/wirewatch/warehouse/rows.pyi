# Written by `make rows` from sql/queries and the database: change the query, not this file.
"""The types of the named queries and of their rows.

Only type checkers read this: at run time `Transaction` finds a query by its name, and rows are named tuples.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

class AgreementOfReviewersRow(NamedTuple):
    reviewer: str
    other_reviewer: str
    articles: int
    same_relevance: float
    same_core: float
    core_kappa: float | None
    events: int
    same_event: float | None

class AlarmsToShowRow(NamedTuple):
    check_name: str
    subject: str
    severity: str
    meaning: str
    finding: str
    fix: str
    opened_at: datetime
    last_seen_at: datetime
    closed_at: datetime | None

class ArchiveSampleRow(NamedTuple):
    month: datetime
    page_id: int
    archive_file: str
    archive_offset: int
    archive_length: int
    digest: str

class ArticlePageRow(NamedTuple):
    article_id: int
    version: int
    story_id: int | None
    url: str
    first_seen_at: datetime
    vanished_at: datetime | None
    title: str
    text: str
    authors: list[str]
    published_at: datetime | None
    published_source: str | None
    language: str | None
    wire: str | None
    dateline: str | None
    section: str | None
    outlet: str
    outlet_key: str
    perspective: str
    country: str
    ownership: str

class ArticleTagRow(NamedTuple):
    tag_id: int
    relevance: str
    event: str | None
    score: float
    probability: float
    rules_version: str
    valid_from: datetime
    version: int
    method: str
    review_id: int | None
    reviewed_by: str | None
    machine_relevance: str | None
    machine_event: str | None

class ArticleTextRow(NamedTuple):
    version: int
    title: str
    text: str
    language: str | None
    url: str
    outlet: str
    reported_at: datetime

class ArticleVersionTextRow(NamedTuple):
    version: int
    text: str

class ArticlesByHourRow(NamedTuple):
    hour: datetime
    articles: int

class ArticlesOfOtherRulesRow(NamedTuple):
    article_id: int
    version: int
    title: str
    text: str
    language: str | None
    reported_at: datetime

class ArticlesToLinkRow(NamedTuple):
    article_id: int
    version: int
    title: str
    text: str
    url: str
    outlet: str
    published_at: datetime | None
    first_seen_at: datetime
    language: str | None
    wire: str | None
    canonical_url: str | None
    story_id: int | None
    zone_assumed: bool
    told: bool

class ArticlesToRereadRow(NamedTuple):
    article_id: int
    version: int
    title: str
    text: str
    authors: list[str]
    published_at: datetime | None
    published_source: str | None
    modified_at: datetime | None
    language: str | None
    canonical_url: str | None
    section: str | None
    wire: str | None
    dateline: str | None
    dates: Any
    timezone: str | None
    host: str
    page_id: int
    final_url: str
    fetched_at: datetime
    archive_file: str
    archive_offset: int
    archive_length: int
    digest: str

class ArticlesToReviewBlindRow(NamedTuple):
    article_id: int
    version: int
    title: str
    lead: str
    language: str | None
    reported_at: datetime
    is_dated: bool
    outlet: str

class AttentionRow(NamedTuple):
    period: date
    reports: int
    independent_reports: int
    outlets: int
    collected: int
    share: Decimal

class BeginVisitRow(NamedTuple):
    granted: bool
    due_in_s: float
    busy: bool

class BriefEditsRow(NamedTuple):
    article_id: int
    story_id: int
    version: int
    outlet: str
    title_before: str
    title_after: str
    removed: str | None
    added: str | None

class BriefNumbersRow(NamedTuple):
    collected: int
    core: int
    independent: int
    usual: float
    outlets: int

class BriefTagChangesRow(NamedTuple):
    article_id: int
    story_id: int | None
    outlet: str
    title: str
    language: str | None
    old_relevance: str
    old_event: str | None
    relevance: str
    event: str | None
    method: str

class CarriersOfStoriesRow(NamedTuple):
    outlet: str
    outlet_key: str
    perspective: str
    carried: int
    first: int

class ChangesByCopiesRow(NamedTuple):
    article_id: int
    story_id: int | None
    outlet: str
    outlet_key: str
    of_outlet: str
    of_article_id: int
    kind: str
    score: float
    language: str | None
    left_out: str | None
    added: str | None

class ClaimAlarmMessagesRow(NamedTuple):
    alarm_id: int
    check_name: str
    subject: str
    severity: str
    meaning: str
    finding: str
    fix: str
    opened_at: datetime
    last_seen_at: datetime
    run_id: str | None

class ClaimEntryRow(NamedTuple):
    entry_id: int
    feed_id: int
    url: str
    url_key: str
    host: str
    attempts: int
    page_id: int | None
    title: str
    authors: list[str]
    language: str | None
    dates: Any
    content: str | None
    timezone: str | None
    set_config: str

class ClaimFeedsRow(NamedTuple):
    feed_id: int
    url: str
    etag: str | None
    last_modified: str | None
    body_digest: str | None
    listed_at: datetime | None
    moved_to: str | None
    moved_polls: int
    trust_dates: bool
    last_success_at: datetime | None
    validator_trust: int
    distrusted: list[str]
    timezone: str | None

class ClaimFetchedEntriesRow(NamedTuple):
    entry_id: int
    feed_id: int
    url: str
    url_key: str
    host: str
    attempts: int
    page_id: int | None
    title: str
    authors: list[str]
    language: str | None
    dates: Any
    content: str | None
    timezone: str | None

class ClaimRevisitRow(NamedTuple):
    article_id: int
    url: str
    version: int
    host: str
    first_read_at: datetime
    title: str
    text: str
    authors: list[str]
    language: str | None
    dates: Any
    timezone: str | None

class ColdMonthOfRow(NamedTuple):
    month: date
    folder: str
    files: Any

class ColdMonthsRow(NamedTuple):
    month: date
    folder: str
    files: Any
    articles: int
    bytes: int
    moved_at: datetime

class ColdMonthsBetweenRow(NamedTuple):
    first: str
    last: str

class CopiesInForceRow(NamedTuple):
    article_id: int
    of_article_id: int

class CopyCandidatesRow(NamedTuple):
    article_id: int | None
    ignored: int

class CorrectionRow(NamedTuple):
    kind: str
    article_id: int
    other_article_id: int | None
    withdrawn: bool

class CoverageOfEventRow(NamedTuple):
    outlet_key: str
    outlet: str
    bloc: str
    press: str
    reports: int
    independent: int
    silent: bool
    first_reported_at: datetime | None
    lag: timedelta | None
    collected: int

class DetachArticleRow(NamedTuple):
    article_id: int

class DifferencesOfEventRow(NamedTuple):
    kind: str
    term: str
    stories: int
    of_stories: int
    outlets: list[str]

class DropPollsRow(NamedTuple):
    part: str
    polls: int
    bytes: int

class DueHostsRow(NamedTuple):
    host: str
    hosts: int

class DueShardsRow(NamedTuple):
    shard: int

class EarlierTagsRow(NamedTuple):
    relevance: str
    event: str | None
    probability: float
    rules_version: str
    valid_from: datetime
    valid_to: datetime | None
    method: str

class EndLongSessionsRow(NamedTuple):
    usename: str
    state: str
    ended: bool

class EntitiesToChooseRow(NamedTuple):
    key: str
    kind: str
    name: str
    country: str | None
    articles: int

class EntityDaysRow(NamedTuple):
    day: date
    articles: int
    independent: int

class EntityKindsRow(NamedTuple):
    kind: str

class EntityPageRow(NamedTuple):
    entity_id: int
    key: str
    kind: str
    name: str
    country: str | None
    wikidata: str | None
    latitude: float | None
    longitude: float | None

class EntriesByHourRow(NamedTuple):
    hour: datetime
    entries: int

class EventCorrectionsRow(NamedTuple):
    kind: str
    story_id: int
    other_story_id: int

class EventMembersInForceRow(NamedTuple):
    event_member_id: int
    story_id: int

class EventPageRow(NamedTuple):
    event_id: int
    storyline_id: int
    title: str
    first_reported_at: datetime
    first_outlet: str
    first_bloc: str
    last_reported_at: datetime
    independent_reports: int
    copies: int
    reports: int
    outlets: list[str]
    languages: list[str] | None
    blocs: list[str]
    peak_hour: datetime
    peak_reports: int

class EventReadingsRow(NamedTuple):
    story_id: int
    event_at: datetime
    format: str
    statement: bool
    follows: bool
    title_terms: list[str]
    terms: list[str]
    weights: list[float]
    outlet: str
    url: str
    event_member_id: int | None
    event_id: int | None
    kernel_id: int | None
    storyline_id: int | None
    reason: str | None
    score: float | None
    reason_terms: list[str] | None

class EventTimesRow(NamedTuple):
    story_id: int
    event_at: datetime

class EventsOfStorylineRow(NamedTuple):
    event_id: int
    first_reported_at: datetime
    title: str
    language: str | None
    stories: int

class EvidenceOfTagRow(NamedTuple):
    n: int
    rule: str
    term: str
    field: str
    start_at: int | None
    end_at: int | None
    weight: float

class EvidenceToCoolRow(NamedTuple):
    article_id: int
    tag_id: int
    n: int
    rule: str
    term: str
    field: str
    start_at: int | None
    end_at: int | None
    weight: float

class FeedsPageRow(NamedTuple):
    feed_id: int
    outlet: str
    perspective: str
    feed: str
    url: str
    health: str
    health_since: datetime | None
    failures: int
    last_error: str | None
    last_polled_at: datetime | None
    last_new_entry_at: datetime | None
    newest_entry_at: datetime | None
    interval: timedelta
    next_poll_at: datetime
    lease_until: datetime | None
    moved_to: str | None

class FindArticleToDeleteRow(NamedTuple):
    article_id: int
    url: str
    story_id: int | None
    title: str
    outlet: str

class FingerprintsToCoolRow(NamedTuple):
    article_id: int
    version: int
    method: str
    seen_at: datetime
    language: str | None
    digest: int
    sketch: list[int]
    facts: list[int]
    sentences: list[int]
    sentence_keys: list[int]

class FrontEventsRow(NamedTuple):
    story_id: int
    reported_at: datetime
    event_id: int
    storyline_id: int
    event: str | None
    title: str
    first_outlet: str
    first_bloc: str
    first_reported_at: datetime
    last_reported_at: datetime
    independent_reports: int
    copies: int
    reports: int
    outlets: int
    blocs: list[str]
    languages: list[str] | None

class FrontStoriesRow(NamedTuple):
    story_id: int
    relevance: str
    event: str | None
    probability: float
    reported_at: datetime
    last_reported_at: datetime
    reports: int
    outlets: int
    languages: list[str]
    title: str
    lead: str
    language: str | None
    outlet: str
    perspective: str
    is_dated: bool

class GetPageRow(NamedTuple):
    page_id: int
    url: str
    final_url: str
    fetched_at: datetime
    http_status: int
    content_type: str | None
    archive_file: str
    archive_offset: int
    archive_length: int
    digest: str

class GetRobotsRow(NamedTuple):
    robots_status: int | None
    robots_text: str | None
    known: bool
    fresh: bool
    expires_in_s: float
    last_error: str | None

class HealthOfFeedsRow(NamedTuple):
    url: str
    health: str
    last_polled_at: datetime | None
    entries_7d: int

class HostsPolledSinceRow(NamedTuple):
    host: str
    silent: bool

class ImportFeedRow(NamedTuple):
    feed_id: int
    timezone: str | None

class ImportedBeforeRow(NamedTuple):
    identity: str

class InsertStoriesRow(NamedTuple):
    story_id: int
    origin_article_id: int

class ItemsOfWatchMessageRow(NamedTuple):
    subject: str
    article_id: int | None
    story_id: int | None
    event_id: int | None
    title: str
    outlet: str | None
    url: str | None
    reported_at: datetime

class KnownEntitiesRow(NamedTuple):
    entity_id: int
    key: str
    kind: str
    name: str
    country: str | None
    wikidata: str | None
    latitude: float | None
    longitude: float | None

class KnownEntriesRow(NamedTuple):
    entry_id: int
    identity: str
    url: str | None
    url_key: str | None
    title: str
    published_at: datetime | None
    digest: str
    revision: int

class LatestReviewsRow(NamedTuple):
    review_id: int
    article_id: int
    relevance: str
    event: str | None
    note: str | None
    reviewed_by: str
    reviewed_at: datetime
    title: str
    language: str | None
    story_id: int | None
    tagged: str | None
    tagged_event: str | None
    withdraws: int | None
    is_in_force: bool

class LatestTextsRow(NamedTuple):
    text: str

class LedgerSinceRow(NamedTuple):
    state: str
    reason: str | None
    entries: int
    example: str | None

class LimitLocksRow(NamedTuple):
    set_config: str

class LimitStatementsRow(NamedTuple):
    set_config: str

class LinksInForceRow(NamedTuple):
    copy_id: int
    article_id: int
    of_article_id: int
    kind: str
    score: float
    is_source: bool

class LockFeedRow(NamedTuple):
    feed_id: int
    added_at: datetime
    interval_s: int
    lean: int
    mean_gap_s: int | None
    longest_gap_s: int | None
    stale_after_days: int | None
    health: str
    failures: int
    last_success_at: datetime | None
    last_new_entry_at: datetime | None
    newest_entry_at: datetime | None
    known_share: float | None
    listed: list[int]
    listed_at: datetime | None
    remembered: list[int]
    moved_to: str | None
    moved_polls: int
    url: str
    etag: str | None
    last_modified: str | None
    validator_trust: int
    distrusted: list[str]
    turnover_s: int | None

class LockMigrationsRow(NamedTuple):
    pg_advisory_xact_lock: object

class MarkOutdatedEventsDueRow(NamedTuple):
    story_id: int

class MatchesRow(NamedTuple):
    article_id: int
    story_id: int | None
    event_id: int | None
    reported_at: datetime
    is_dated: bool
    is_origin: bool
    outlet: str
    outlet_name: str
    country: str
    bloc: str
    press: str
    language: str | None
    title: str
    lead: str
    relevance: str | None
    event: str | None
    probability: float | None
    wire: str | None
    url: str

class MentionsOfEntityRow(NamedTuple):
    article_id: int
    story_id: int | None
    reported_at: datetime
    is_dated: bool
    outlet: str
    outlet_key: str
    language: str | None
    title: str
    role: str | None
    mentions: int
    before: str
    named: str
    after: str

class MessagesOfWatchRow(NamedTuple):
    message_id: int
    channel: str
    created_at: datetime
    sent_at: datetime | None
    tries: int
    error: str | None
    items: int

class MonthsOfArticlesRow(NamedTuple):
    month: date
    articles: int
    waiting: int

class NamedByRow(NamedTuple):
    key: str
    name: str
    perspective: str
    articles: int
    collected: int

class NamedWithRow(NamedTuple):
    key: str
    kind: str
    name: str
    country: str | None
    articles: int

class NewEntriesOfRow(NamedTuple):
    in_day: int
    in_weeks: int

class NextWatchMessageRow(NamedTuple):
    message_id: int
    created_at: datetime
    digest_day: date | None
    watch_id: int
    name: str
    owner: str
    per: str

class ObeyReviewsRow(NamedTuple):
    changed: bool

class OpenAlarmsRow(NamedTuple):
    alarm_id: int
    check_name: str
    subject: str
    severity: str
    meaning: str
    finding: str
    fix: str
    opened_at: datetime
    last_seen_at: datetime

class OpenTagsRow(NamedTuple):
    tag_id: int
    article_id: int
    topic: str

class OutletDaysRow(NamedTuple):
    day: date
    collected: int
    core: int
    independent: int

class OutletFeedsRow(NamedTuple):
    feed_id: int
    name: str
    health: str
    health_since: datetime | None
    last_error: str | None
    last_new_entry_at: datetime | None

class OutletFlowsRow(NamedTuple):
    takes: bool
    other_key: str
    other: str
    copies: int
    translations: int
    median_lag: timedelta | None

class OutletPageRow(NamedTuple):
    outlet: str
    outlet_name: str
    homepage: str | None
    country: str
    bloc: str
    perspective: str
    language: str
    outlet_kind: str
    ownership: str
    press: str
    retired_at: datetime | None
    articles: int | None
    own_reports: int | None
    borrowed: int | None
    borrowed_part: Decimal | None
    median_lag: timedelta | None
    main_source: str | None
    main_source_name: str | None

class OutletsToChooseRow(NamedTuple):
    outlet_id: int
    key: str
    name: str
    country: str
    language: str
    perspective: str

class OwnWordsRow(NamedTuple):
    title: str
    authors: list[str]
    language: str | None
    dates: Any
    timezone: str | None

class PagesOfArticleRow(NamedTuple):
    page_id: int
    archive_file: str
    archive_offset: int
    archive_length: int
    digest: str

class PublicationsRow(NamedTuple):
    article_id: int
    title: str
    url: str
    outlet: str
    published_at: datetime | None
    first_seen_at: datetime
    language: str | None
    wire: str | None
    canonical_url: str | None
    story_id: int | None
    zone_assumed: bool
    told: bool

class RegistryInForceRow(NamedTuple):
    digest: str

class RepeatedLinesRow(NamedTuple):
    line_hash: int

class ReportsOfEventRow(NamedTuple):
    article_id: int
    story_id: int
    reported_at: datetime
    is_dated: bool
    is_timed: bool
    outlet_key: str
    outlet: str
    bloc: str
    press: str
    language: str | None
    title: str
    is_origin: bool
    origin_kind: str | None
    origin_agency: str | None
    reason: str
    score: float | None
    terms: list[str]
    event: str | None

class ReportsOfStoryRow(NamedTuple):
    article_id: int
    reported_at: datetime
    is_dated: bool
    is_timed: bool
    outlet: str
    perspective: str
    country: str
    language: str | None
    title: str
    wire: str | None
    url: str
    version: int
    kind: str | None
    score: float | None
    of_article_id: int | None
    relevance: str | None
    event: str | None
    is_origin: bool

class ReviewedExamplesRow(NamedTuple):
    review_id: int
    article_id: int
    title: str
    text: str
    publisher: str
    reported_at: datetime
    url: str
    relevance: str
    event: str | None
    note: str | None
    reviewed_by: str
    reviewed_at: datetime

class ReviewsOfArticleRow(NamedTuple):
    review_id: int
    relevance: str
    event: str | None
    note: str | None
    reviewed_by: str
    reviewed_at: datetime
    version: int
    withdraws: int | None
    is_in_force: bool

class RhythmOfFeedsRow(NamedTuple):
    feed_id: int
    day: date
    polls: int
    failed: int
    entries: int

class RulesAsLexiconRow(NamedTuple):
    content: Any

class RulesChangesRow(NamedTuple):
    change: str
    article_id: int
    relevance: str
    event: str | None
    old_relevance: str
    old_event: str | None
    title: str

class RulesOfReleaseRow(NamedTuple):
    topic: str
    rules_version: str
    tags: int

class SaveAlarmsRow(NamedTuple):
    opened: bool

class SaveEntitiesRow(NamedTuple):
    entity_id: int
    key: str

class SaveEntriesRow(NamedTuple):
    entry_id: int

class SaveFeedsRow(NamedTuple):
    added: bool

class SearchArticlesRow(NamedTuple):
    article_id: int
    story_id: int
    reported_at: datetime
    outlet_name: str
    outlet: str
    perspective: str
    language: str | None
    title: str
    snippet: str
    relevance: str | None
    event: str | None
    url: str
    matches: int
    is_dated: bool

class SentenceHoldersRow(NamedTuple):
    key: int
    article_id: int
    seen_at: datetime
    sentences: list[int]

class ServerFactsRow(NamedTuple):
    version: int
    encoding: str
    role: str
    superuser: bool
    roles: list[str] | None
    pipeline_too_mighty: bool
    at: datetime

class SpreadOfStoriesRow(NamedTuple):
    story_id: int
    article_id: int
    reported_at: datetime
    outlet: str
    perspective: str
    is_origin: bool
    is_dated: bool

class StageLagsRow(NamedTuple):
    stage: str
    entries: int
    median: timedelta
    ninth_decile: timedelta

class StatusDropsRow(NamedTuple):
    reason: str | None
    entries: int

class StatusFeedsRow(NamedTuple):
    health: str
    feeds: int

class StatusInForceRow(NamedTuple):
    name: str
    version: str
    since: datetime

class StatusLagRow(NamedTuple):
    stage: str
    waiting: int
    since: datetime | None

class StatusPausesRow(NamedTuple):
    stage: str
    since: datetime
    reason: str

class StatusRunsRow(NamedTuple):
    dag_id: str
    succeeded_at: datetime | None
    failed_at: datetime | None
    late_at: datetime | None

class StatusTotalsRow(NamedTuple):
    first_feed_at: datetime | None
    feeds_read: int
    feeds_in_force: int
    entries_1d: int
    articles_1d: int
    bytes: int
    at: datetime

class StoriesByDayRow(NamedTuple):
    day: date
    event: str | None
    stories: int
    undated: int

class StoriesDueRow(NamedTuple):
    story_id: int
    merged_into: int | None
    article_id: int
    version: int
    title: str
    text: str
    url: str
    outlet: str
    published_at: datetime | None
    first_seen_at: datetime
    language: str | None

class StoryCorrectionsRow(NamedTuple):
    correction_id: int
    kind: str
    article_id: int
    other_article_id: int | None

class StoryMembersRow(NamedTuple):
    article_id: int

class StoryOriginsRow(NamedTuple):
    story_id: int
    origin_article_id: int
    origin_reason: str
    origin_kind: str | None
    origin_agency: str | None
    origin_time: str | None
    also_first: list[int]

class StoryPageRow(NamedTuple):
    story_id: int
    origin_article_id: int
    origin_reason: str
    origin_kind: str | None
    origin_agency: str | None
    origin_time: str | None
    merged_into: int | None
    event_id: int | None
    event_reports: int | None

class TableDigestStatementsRow(NamedTuple):
    name: str
    statement: str

class TagsInForceRow(NamedTuple):
    tag_id: int
    article_id: int
    topic: str
    version: int
    rules_version: str
    relevance: str
    event: str | None
    event_also: str | None
    valid_from: datetime
    method: str

class TagsToReviewRow(NamedTuple):
    tag_id: int
    article_id: int
    version: int
    relevance: str
    event: str | None
    probability: float
    story_id: int | None
    title: str
    lead: str
    language: str | None
    reported_at: datetime
    is_dated: bool
    outlet: str

class TextsOfVersionsRow(NamedTuple):
    version: int
    title: str
    text: str

class TextsToCoolRow(NamedTuple):
    article_id: int
    version: int
    title: str
    text: str
    url: str
    outlet: str
    published_at: datetime | None
    language: str | None

class TokensOfRow(NamedTuple):
    token_id: int
    name: str
    watch_id: int | None
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None

class TopicVersionsInForceRow(NamedTuple):
    topic: str
    version: str

class TopicsInForceRow(NamedTuple):
    topic: str
    version: str
    content: Any

class TopicsToChooseRow(NamedTuple):
    topic: str
    title: str
    events: list[str]

class TranslationCandidatesRow(NamedTuple):
    article_id: int

class UndoClockJumpRow(NamedTuple):
    feeds: int
    entries: int
    articles: int
    hosts: int

class UnlinkedArticlesRow(NamedTuple):
    article_id: int

class UntaggedArticlesRow(NamedTuple):
    article_id: int
    version: int
    title: str
    text: str
    language: str | None
    reported_at: datetime

class UseTokenRow(NamedTuple):
    token_id: int
    owner: str
    watch_id: int | None
    requests: int

class VersionsOfArticleRow(NamedTuple):
    version: int
    extracted_at: datetime
    modified_at: datetime | None
    title: str
    diff_ratio: float | None

class ViewColumnsRow(NamedTuple):
    name: str
    kind: str

class ViewCommentsRow(NamedTuple):
    name: str | None
    comment: str

class ViewDropStatementsRow(NamedTuple):
    statement: str

class ViewNamesRow(NamedTuple):
    name: str

class WaitForLocksRow(NamedTuple):
    set_config: str

class WaitingByFeedRow(NamedTuple):
    feed_id: int
    host: str
    crashes: int

class WaitingEntriesRow(NamedTuple):
    state: str
    entries: int
    oldest: datetime

class WaitingHostsRow(NamedTuple):
    host: str
    hosts: int

class WaitingShardsRow(NamedTuple):
    shard: int

class WatchPageRow(NamedTuple):
    watch_id: int
    key: str | None
    name: str
    owner: str
    filters: Any
    per: str
    digest_hour: int | None
    channels: list[str] | None
    created_at: datetime
    told_from: datetime
    paused_at: datetime | None

class WatchesInForceRow(NamedTuple):
    watch_id: int
    key: str | None
    name: str
    owner: str
    filters: Any
    per: str
    digest_hour: int | None
    channels: list[str] | None
    created_at: datetime
    paused_at: datetime | None
    items: int
    told_at: datetime | None

class WhatThereIsRow(NamedTuple):
    feeds: int
    polled_at: datetime
    has_entries: bool
    has_articles: bool
    has_tags: bool
    has_stories: bool

class WithdrawReviewRow(NamedTuple):
    article_id: int
    story_id: int | None

class WriteBurstMessageRow(NamedTuple):
    message_id: int

class WriteWatchMessageRow(NamedTuple):
    message_id: int

class NamedQueries:
    def archive_sample(self) -> list[ArchiveSampleRow]: ...
    def claim_alarm_messages(
        self, *, now: datetime | None, channel: str | None, critical_every: int | None, warning_every: int | None
    ) -> list[ClaimAlarmMessagesRow]: ...
    def close_alarms(self, *, now: datetime | None, checks: list[str] | None) -> int: ...
    def confirm_alarm_messages(
        self, *, now: datetime | None, channel: str | None, alarm_ids: list[int] | None
    ) -> int: ...
    def end_long_sessions(self) -> list[EndLongSessionsRow]: ...
    def end_pause(self, *, stage: str | None) -> int: ...
    def last_answer(self) -> datetime: ...
    def limit_statements(self, *, milliseconds: str | None) -> LimitStatementsRow: ...
    def lock_alarms(self) -> int: ...
    def note_pause(self, *, stage: str | None, reason: str | None) -> int: ...
    def note_run_end(self, *, dag_id: str | None, failed: bool | None, run_id: str | None) -> int: ...
    def note_run_start(
        self, *, dag_id: str | None, run_id: str | None, started_at: datetime | None, late_at: datetime | None
    ) -> int: ...
    def open_alarms(self) -> list[OpenAlarmsRow]: ...
    def paused_since(self, *, stage: str | None, within_minutes: int | None) -> datetime | None: ...
    def release_alarm_messages(
        self, *, channel: str | None, alarm_ids: list[int] | None, now: datetime | None
    ) -> int: ...
    def save_alarms(self, rows: Iterable[Sequence[object]], /) -> list[SaveAlarmsRow]: ...
    def uncount_attempts(self, *, since: datetime | None) -> int: ...
    def advance_version(self, *, version: int | None, article_id: int | None) -> int: ...
    def article_text(self, *, article_id: int | None) -> ArticleTextRow | None: ...
    def articles_to_reread(
        self, *, since: datetime | None, after: int | None, n: int | None
    ) -> list[ArticlesToRereadRow]: ...
    def claim_revisit(
        self,
        *,
        until: datetime | None,
        now: datetime | None,
        shards: int | None,
        shard: int | None,
        busy: list[str] | None,
    ) -> ClaimRevisitRow | None: ...
    def find_article(self, *, url_key: str | None) -> int | None: ...
    def insert_article(
        self,
        *,
        url: str | None,
        url_key: str | None,
        canonical_key: str | None,
        revisit_at: datetime | None,
        entry_keys: list[str] | None,
        site: str | None,
    ) -> int | None: ...
    def insert_told_article(
        self, *, url: str | None, url_key: str | None, entry_id: int | None, feed_id: int | None
    ) -> int | None: ...
    def insert_version(
        self,
        *,
        article_id: int | None,
        version: int | None,
        page_id: int | None,
        title: str | None,
        text: str | None,
        text_digest: str | None,
        authors: list[str] | None,
        published_at: datetime | None,
        published_source: str | None,
        modified_at: datetime | None,
        dates: object,
        language: str | None,
        canonical_url: str | None,
        section: str | None,
        wire: str | None,
        dateline: str | None,
        extractor: str | None,
        extracted_at: datetime | None,
        diff_ratio: float | None,
    ) -> int: ...
    def latest_texts(self, *, host: str | None, n: int | None) -> list[LatestTextsRow]: ...
    def learn_site(self, *, site: str | None, article_id: int | None, feed_id: int | None) -> int: ...
    def put_off_revisit(self, *, revisit_at: datetime | None, article_id: int | None) -> int: ...
    def repeated_lines(self, *, host: str | None) -> list[RepeatedLinesRow]: ...
    def save_repeated_lines(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def settle_revisit(
        self, *, revisit_at: datetime | None, vanished: bool | None, now: datetime | None, article_id: int | None
    ) -> int: ...
    def database_time(self) -> datetime: ...
    def undo_clock_jump(self, *, now: datetime | None) -> UndoClockJumpRow: ...
    def article_version_text(self, *, article_id: int | None, version: int | None) -> ArticleVersionTextRow | None: ...
    def cold_month_of(self, *, article_id: int | None) -> ColdMonthOfRow | None: ...
    def cold_months(self) -> list[ColdMonthsRow]: ...
    def cold_months_between(self, *, since: date | None, until: date | None) -> ColdMonthsBetweenRow | None: ...
    def drop_evidence(self, *, since: datetime | None, until: datetime | None) -> int: ...
    def drop_fingerprints(self, *, since: datetime | None, until: datetime | None) -> int: ...
    def drop_texts(self, *, since: datetime | None, until: datetime | None) -> int: ...
    def evidence_to_cool(self, *, since: datetime | None, until: datetime | None) -> list[EvidenceToCoolRow]: ...
    def fingerprints_to_cool(
        self, *, since: datetime | None, until: datetime | None
    ) -> list[FingerprintsToCoolRow]: ...
    def forget_cold_month(self, *, month: date | None) -> int: ...
    def months_of_articles(self, *, before: datetime | None) -> list[MonthsOfArticlesRow]: ...
    def read_and_write_one_snapshot(self) -> int: ...
    def restore_evidence(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def restore_fingerprints(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def restore_texts(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def save_cold_month(
        self,
        *,
        month: date | None,
        folder: str | None,
        files: object,
        articles: int | None,
        bytes: int | None,
        now: datetime | None,
    ) -> int: ...
    def texts_to_cool(self, *, since: datetime | None, until: datetime | None) -> list[TextsToCoolRow]: ...
    def articles_to_link(self, *, articles: list[int] | None) -> list[ArticlesToLinkRow]: ...
    def assign_stories(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def close_links(self, *, now: datetime | None, copies: list[int] | None) -> int: ...
    def copies_in_force(self, *, articles: list[int] | None) -> list[CopiesInForceRow]: ...
    def copy_candidates(
        self,
        *,
        sketch: list[int] | None,
        common: int | None,
        oversized: int | None,
        sure: int | None,
        digest: int | None,
        most: int | None,
        canonical_key: str | None,
        article_id: int | None,
    ) -> list[CopyCandidatesRow]: ...
    def correction(self, *, correction_id: int | None) -> CorrectionRow | None: ...
    def hand_back(self, *, articles: list[int] | None) -> int: ...
    def insert_citations(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def insert_correction(
        self,
        *,
        kind: str | None,
        article_id: int | None,
        other_article_id: int | None,
        said_by: str | None,
        now: datetime | None,
        note: str | None,
        withdraws: int | None,
    ) -> int: ...
    def insert_links(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def insert_stories(self, rows: Iterable[Sequence[object]], /) -> list[InsertStoriesRow]: ...
    def links_in_force(self, *, articles: list[int] | None) -> list[LinksInForceRow]: ...
    def lock_linking(self) -> int: ...
    def mark_linked(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def merge_stories(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def prefer_indexes(self) -> int: ...
    def publications(self, *, articles: list[int] | None) -> list[PublicationsRow]: ...
    def rules_as_lexicon(self) -> list[RulesAsLexiconRow]: ...
    def sentence_holders(self, *, keys: list[int] | None) -> list[SentenceHoldersRow]: ...
    def store_fingerprints(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def story_corrections(self, *, articles: list[int] | None) -> list[StoryCorrectionsRow]: ...
    def story_members(self, *, stories: list[int] | None) -> list[StoryMembersRow]: ...
    def story_origins(self, *, stories: list[int] | None) -> list[StoryOriginsRow]: ...
    def translation_candidates(
        self, *, facts: list[int] | None, common: int | None, language: str | None, shared: int | None, most: int | None
    ) -> list[TranslationCandidatesRow]: ...
    def unlink_outdated(self, *, method: str | None, most: int | None) -> int | None: ...
    def unlinked_articles(self, *, most: int | None) -> list[UnlinkedArticlesRow]: ...
    def update_stories(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def delete_article(
        self, *, reason: str | None, deleted_by: str | None, now: datetime | None, article_id: int | None
    ) -> int: ...
    def delete_pages(self, *, pages: list[int] | None) -> int: ...
    def delete_reviews(self, *, article_id: int | None) -> int: ...
    def delete_stories_of(self, *, article_id: int | None) -> int: ...
    def detach_article(self, *, article_id: int | None) -> list[DetachArticleRow]: ...
    def find_article_to_delete(
        self, *, article_id: int | None, url_key: str | None
    ) -> FindArticleToDeleteRow | None: ...
    def forget_origin(self, *, article_id: int | None) -> int: ...
    def inherit_merged_stories(self, *, article_id: int | None) -> int: ...
    def is_deleted(self, *, url_key: str | None) -> bool: ...
    def lock_reviews(self) -> int: ...
    def pages_of_article(self, *, article_id: int | None) -> list[PagesOfArticleRow]: ...
    def unlock_reviews(self) -> int: ...
    def brief_edits(self, *, topic: str | None, day: date | None, most: int | None) -> list[BriefEditsRow]: ...
    def brief_numbers(self, *, day: date | None, topic: str | None) -> BriefNumbersRow: ...
    def brief_tag_changes(
        self, *, topic: str | None, day: date | None, most: int | None
    ) -> list[BriefTagChangesRow]: ...
    def changes_by_copies(self, *, event_id: int | None, most: int | None) -> list[ChangesByCopiesRow]: ...
    def coverage_of_event(self, *, event_id: int | None) -> list[CoverageOfEventRow]: ...
    def differences_of_event(self, *, event_id: int | None, most: int | None) -> list[DifferencesOfEventRow]: ...
    def entities_to_choose(
        self, *, topic: str | None, kind: str | None, words: str | None, most: int | None
    ) -> list[EntitiesToChooseRow]: ...
    def entity_days(self, *, entity_id: int | None, since: date | None, until: date | None) -> list[EntityDaysRow]: ...
    def entity_kinds(self) -> list[EntityKindsRow]: ...
    def entity_page(self, *, key: str | None) -> EntityPageRow | None: ...
    def event_page(self, *, event_id: int | None) -> EventPageRow | None: ...
    def events_of_storyline(self, *, storyline_id: int | None, most: int | None) -> list[EventsOfStorylineRow]: ...
    def front_events(
        self,
        *,
        topic: str | None,
        before_at: datetime | None,
        before_story: int | None,
        event: str | None,
        since: datetime | None,
        until: datetime | None,
        several: bool | None,
        bloc: str | None,
        n: int | None,
    ) -> list[FrontEventsRow]: ...
    def mentions_of_entity(
        self,
        *,
        entity_id: int | None,
        since: date | None,
        until: date | None,
        before_at: datetime | None,
        before_article: int | None,
        n: int | None,
    ) -> list[MentionsOfEntityRow]: ...
    def named_by(self, *, entity_id: int | None, since: date | None, until: date | None) -> list[NamedByRow]: ...
    def named_with(
        self, *, entity_id: int | None, since: date | None, until: date | None, most: int | None
    ) -> list[NamedWithRow]: ...
    def newest_naming(self, *, entity_id: int | None) -> datetime | None: ...
    def outlet_days(
        self, *, topic: str | None, key: str | None, since: date | None, until: date | None
    ) -> list[OutletDaysRow]: ...
    def outlet_feeds(self, *, key: str | None) -> list[OutletFeedsRow]: ...
    def outlet_flows(self, *, key: str | None, since: date | None, until: date | None) -> list[OutletFlowsRow]: ...
    def outlet_page(self, *, key: str | None) -> OutletPageRow | None: ...
    def reports_of_event(
        self, *, topic: str | None, event_id: int | None, most: int | None
    ) -> list[ReportsOfEventRow]: ...
    def what_there_is(self, *, topic: str | None) -> WhatThereIsRow: ...
    def adopt_known_entries(self, *, shard: int | None, shards: int | None, now: datetime | None) -> int: ...
    def claim_entry(
        self,
        *,
        now: datetime | None,
        until: datetime | None,
        by: str | None,
        host: str | None,
        feed_id: int | None,
        crashes: int | None,
        suspect: bool | None,
    ) -> ClaimEntryRow | None: ...
    def claim_fetched_entries(
        self,
        *,
        until: datetime | None,
        by: str | None,
        now: datetime | None,
        crashes: int | None,
        suspect: bool | None,
        imported: bool | None,
        shard: int | None,
        shards: int | None,
        n: int | None,
    ) -> list[ClaimFetchedEntriesRow]: ...
    def drop_crashing_entries(
        self, *, now: datetime | None, crashes: int | None, shard: int | None, shards: int | None
    ) -> int: ...
    def drop_entry(
        self,
        *,
        now: datetime | None,
        reason: str | None,
        detail: str | None,
        entry_id: int | None,
        by: str | None,
        url_key: str | None,
        url: str | None,
        whole_text: int | None,
    ) -> int: ...
    def drop_old_entries(
        self, *, now: datetime | None, days: int | None, shard: int | None, shards: int | None
    ) -> int: ...
    def earlier_article(self, *, entry_id: int | None, text_digest: str | None) -> int | None: ...
    def finish_entries(self, *, now: datetime | None, article_id: int | None, url_keys: list[str] | None) -> int: ...
    def finish_told_entries(
        self, *, now: datetime | None, article_id: int | None, url_key: str | None, feed_id: int | None
    ) -> int: ...
    def get_page(self, *, page_id: int | None) -> GetPageRow: ...
    def import_entries(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def import_feed(self, *, now: datetime | None, key: str | None) -> ImportFeedRow | None: ...
    def imported_before(self, *, feed_id: int | None, identities: list[str] | None) -> list[ImportedBeforeRow]: ...
    def insert_page(
        self,
        *,
        url: str | None,
        final_url: str | None,
        fetched_at: datetime | None,
        http_status: int | None,
        content_type: str | None,
        bytes: int | None,
        file: str | None,
        offset: int | None,
        length: int | None,
        digest: str | None,
    ) -> int: ...
    def is_stranger(self, *, site: str | None, feed_id: int | None) -> bool | None: ...
    def lock_import(self, *, feed_id: int | None) -> int: ...
    def own_words(self, *, url_key: str | None, site: str | None) -> OwnWordsRow | None: ...
    def put_off_host(self, *, until: datetime | None, host: str | None, now: datetime | None) -> int: ...
    def refetch_entry(
        self, *, now: datetime | None, detail: str | None, entry_id: int | None, by: str | None
    ) -> int: ...
    def release_claims(self, *, now: datetime | None, by: str | None) -> int: ...
    def release_entry(
        self,
        *,
        now: datetime | None,
        next_try_at: datetime | None,
        detail: str | None,
        entry_id: int | None,
        by: str | None,
    ) -> int: ...
    def reopen_unread_entries(self, *, now: datetime | None, since: datetime | None) -> int: ...
    def retry_entry(
        self,
        *,
        now: datetime | None,
        next_try_at: datetime | None,
        detail: str | None,
        entry_id: int | None,
        by: str | None,
        url_key: str | None,
        url: str | None,
    ) -> int: ...
    def save_page(
        self,
        *,
        url: str | None,
        final_url: str | None,
        fetched_at: datetime | None,
        http_status: int | None,
        content_type: str | None,
        bytes: int | None,
        file: str | None,
        offset: int | None,
        length: int | None,
        digest: str | None,
        now: datetime | None,
        until: datetime | None,
        entry_id: int | None,
        by: str | None,
    ) -> int | None: ...
    def waiting_by_feed(
        self, *, shard: int | None, shards: int | None, now: datetime | None, crashes: int | None, suspect: bool | None
    ) -> list[WaitingByFeedRow]: ...
    def waiting_hosts(
        self, *, shard: int | None, shards: int | None, now: datetime | None, n: int | None
    ) -> list[WaitingHostsRow]: ...
    def waiting_shards(self, *, shards: int | None, now: datetime | None) -> list[WaitingShardsRow]: ...
    def close_event_members(self, *, now: datetime | None, members: list[int] | None) -> int: ...
    def event_corrections(self, *, stories: list[int] | None) -> list[EventCorrectionsRow]: ...
    def event_members_in_force(self, *, stories: list[int] | None) -> list[EventMembersInForceRow]: ...
    def event_readings(self, *, earliest: datetime | None, latest: datetime | None) -> list[EventReadingsRow]: ...
    def event_times(self, *, stories: list[int] | None) -> list[EventTimesRow]: ...
    def events_done(self, *, stories: list[int] | None) -> int: ...
    def insert_event_members(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def lock_events(self) -> int: ...
    def mark_events_due(self, *, articles: list[int] | None) -> int: ...
    def mark_outdated_events_due(self, *, method: str | None, most: int | None) -> list[MarkOutdatedEventsDueRow]: ...
    def store_event_readings(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def stories_due(self, *, most: int | None) -> list[StoriesDueRow]: ...
    def rules_of_release(self, *, since: datetime | None, until: datetime | None) -> list[RulesOfReleaseRow]: ...
    def view_columns(self, *, view: str | None) -> list[ViewColumnsRow]: ...
    def view_comments(self, *, view: str | None) -> list[ViewCommentsRow]: ...
    def view_names(self) -> list[ViewNamesRow]: ...
    def claim_feeds(
        self,
        *,
        now: datetime | None,
        shards: int | None,
        shard: int | None,
        n: int | None,
        until: datetime | None,
        by: str | None,
    ) -> list[ClaimFeedsRow]: ...
    def close_registry(self, *, now: datetime | None) -> int: ...
    def confirm_listing(self, *, now: datetime | None, feed_id: int | None) -> int: ...
    def due_hosts(
        self, *, shards: int | None, shard: int | None, now: datetime | None, n: int | None
    ) -> list[DueHostsRow]: ...
    def due_shards(self, *, shards: int | None, now: datetime | None) -> list[DueShardsRow]: ...
    def finish_bad_poll(
        self,
        *,
        next_poll_at: datetime | None,
        health: str | None,
        now: datetime | None,
        error: str | None,
        feed_id: int | None,
        by: str | None,
    ) -> int: ...
    def finish_good_poll(
        self,
        *,
        next_poll_at: datetime | None,
        interval_s: int | None,
        lean: int | None,
        mean_gap_s: int | None,
        longest_gap_s: int | None,
        health: str | None,
        now: datetime | None,
        new_entries: bool | None,
        newest_entry_at: datetime | None,
        known_share: float | None,
        moved_to: str | None,
        moved_polls: int | None,
        validator_trust: int | None,
        distrusted: list[str] | None,
        turnover_s: int | None,
        note: str | None,
        feed_id: int | None,
        by: str | None,
    ) -> int: ...
    def health_of_feeds(self) -> list[HealthOfFeedsRow]: ...
    def hosts_polled_since(self, *, since: datetime | None) -> list[HostsPolledSinceRow]: ...
    def keep_revisions(self, *, entry_ids: list[int] | None) -> int: ...
    def known_entries(
        self, *, feed_id: int | None, identities: list[str] | None, entry_ids: list[int] | None
    ) -> list[KnownEntriesRow]: ...
    def lock_feed(self, *, feed_id: int | None, by: str | None) -> LockFeedRow | None: ...
    def lock_registry(self) -> int: ...
    def new_entries_of(
        self, *, day_ago: datetime | None, feed_id: int | None, weeks_ago: datetime | None
    ) -> NewEntriesOfRow: ...
    def open_registry(self, *, digest: str | None, content: object, now: datetime | None) -> int: ...
    def registry_in_force(self) -> RegistryInForceRow | None: ...
    def release_feed(self, *, next_poll_at: datetime | None, feed_id: int | None, by: str | None) -> int: ...
    def release_feeds(self, *, now: datetime | None, by: str | None) -> int: ...
    def retire_feeds(self, *, now: datetime | None, urls: list[str] | None) -> int: ...
    def retire_outlets(self, *, now: datetime | None, keys: list[str] | None) -> int: ...
    def save_entries(self, rows: Iterable[Sequence[object]], /) -> list[SaveEntriesRow]: ...
    def save_feeds(self, rows: Iterable[Sequence[object]], /) -> list[SaveFeedsRow]: ...
    def save_listing(
        self,
        *,
        listed: list[int] | None,
        remembered: list[int] | None,
        now: datetime | None,
        etag: str | None,
        last_modified: str | None,
        body_digest: str | None,
        feed_id: int | None,
    ) -> int: ...
    def save_outlets(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def save_poll(
        self,
        *,
        feed_id: int | None,
        polled_at: datetime | None,
        duration_ms: int | None,
        outcome: str | None,
        http_status: int | None,
        bytes: int | None,
        listed: int | None,
        new: int | None,
        changed: int | None,
        overflow: bool | None,
        health: str | None,
        error: str | None,
    ) -> int: ...
    def see_entries(self, *, now: datetime | None, entry_ids: list[int] | None) -> int: ...
    def begin_visit(
        self, *, host: str | None, delay_s: float | None, lease_s: float | None, by: str | None
    ) -> BeginVisitRow: ...
    def end_visit(
        self,
        *,
        delay_s: float | None,
        counted: bool | None,
        error: str | None,
        failing_as: str | None,
        host: str | None,
        by: str | None,
    ) -> int: ...
    def extend_visit(
        self, *, lease_s: float | None, delay_s: float | None, host: str | None, by: str | None
    ) -> int: ...
    def get_robots(self, *, host: str | None) -> GetRobotsRow | None: ...
    def put_off_robots(self, *, valid_s: float | None, host: str | None) -> int: ...
    def release_turns(self, *, by: str | None) -> int: ...
    def save_robots(self, *, status: int | None, text: str | None, valid_s: float | None, host: str | None) -> int: ...
    def close_labelled_entries(self, *, now: datetime | None) -> int: ...
    def expire_claims(self) -> int: ...
    def add_review(
        self,
        *,
        article_id: int | None,
        version: int | None,
        topic: str | None,
        relevance: str | None,
        event: str | None,
        note: str | None,
        reviewed_by: str | None,
        is_blind: bool | None,
    ) -> int: ...
    def agreement_of_reviewers(self, *, topic: str | None) -> list[AgreementOfReviewersRow]: ...
    def alarms_to_show(self, *, most: int | None, closed_since: datetime | None) -> list[AlarmsToShowRow]: ...
    def article_page(self, *, article_id: int | None) -> ArticlePageRow | None: ...
    def article_tag(self, *, article_id: int | None, topic: str | None) -> ArticleTagRow | None: ...
    def articles_by_hour(self, *, since: datetime | None) -> list[ArticlesByHourRow]: ...
    def articles_to_review_blind(
        self, *, topic: str | None, reviewer: str | None, n: int | None
    ) -> list[ArticlesToReviewBlindRow]: ...
    def carriers_of_stories(
        self, *, topic: str | None, relevance: str | None, since: datetime | None, until: datetime | None
    ) -> list[CarriersOfStoriesRow]: ...
    def earlier_tags(self, *, article_id: int | None, topic: str | None) -> list[EarlierTagsRow]: ...
    def entries_by_hour(self, *, since: datetime | None) -> list[EntriesByHourRow]: ...
    def evidence_of_tag(self, *, tag_id: int | None) -> list[EvidenceOfTagRow]: ...
    def feeds_page(self, *, most: int | None) -> list[FeedsPageRow]: ...
    def front_stories(
        self,
        *,
        topic: str | None,
        before_at: datetime | None,
        before_story: int | None,
        relevance: str | None,
        event: str | None,
        outlet: str | None,
        perspective: str | None,
        language: str | None,
        since: datetime | None,
        until: datetime | None,
        n: int | None,
    ) -> list[FrontStoriesRow]: ...
    def guard_page(self) -> str: ...
    def latest_reviews(self, *, topic: str | None, n: int | None) -> list[LatestReviewsRow]: ...
    def ledger_since(self, *, since: datetime | None) -> list[LedgerSinceRow]: ...
    def newest_story(self, *, topic: str | None) -> datetime | None: ...
    def outlets_to_choose(self) -> list[OutletsToChooseRow]: ...
    def poll_feed_now(self, *, feed_id: int | None) -> str | None: ...
    def reports_of_story(
        self, *, topic: str | None, story_id: int | None, most: int | None
    ) -> list[ReportsOfStoryRow]: ...
    def reviewed_examples(
        self, *, topic: str | None, after: int | None, n: int | None
    ) -> list[ReviewedExamplesRow]: ...
    def reviews_of_article(self, *, article_id: int | None, topic: str | None) -> list[ReviewsOfArticleRow]: ...
    def rhythm_of_feeds(self, *, since: datetime | None) -> list[RhythmOfFeedsRow]: ...
    def search_articles(
        self,
        *,
        query: str | None,
        since: datetime | None,
        until: datetime | None,
        language: str | None,
        outlet: str | None,
        relevance: str | None,
        topic: str | None,
        most: int | None,
        skip: int | None,
    ) -> list[SearchArticlesRow]: ...
    def spread_of_stories(self, *, stories: list[int] | None, most: int | None) -> list[SpreadOfStoriesRow]: ...
    def stage_lags(self, *, most: int | None) -> list[StageLagsRow]: ...
    def stories_by_day(
        self, *, topic: str | None, relevance: str | None, since: datetime | None, until: datetime | None
    ) -> list[StoriesByDayRow]: ...
    def story_page(self, *, story_id: int | None) -> StoryPageRow | None: ...
    def tags_to_review(self, *, topic: str | None, latest: int | None, n: int | None) -> list[TagsToReviewRow]: ...
    def texts_of_versions(self, *, article_id: int | None, versions: list[int] | None) -> list[TextsOfVersionsRow]: ...
    def topics_to_choose(self) -> list[TopicsToChooseRow]: ...
    def versions_of_article(self, *, article_id: int | None) -> list[VersionsOfArticleRow]: ...
    def waiting_entries(self) -> list[WaitingEntriesRow]: ...
    def withdraw_review(self, *, reviewed_by: str | None, review_id: int | None) -> WithdrawReviewRow | None: ...
    def export_snapshot(self) -> str: ...
    def latest_migration(self) -> str | None: ...
    def read_one_snapshot(self) -> int: ...
    def relations_of_ours(self) -> int | None: ...
    def table_digest_statements(self) -> list[TableDigestStatementsRow]: ...
    def count_old_revisions(self, *, before: datetime | None) -> int: ...
    def drop_old_revisions(self, *, before: datetime | None) -> int: ...
    def drop_polls(self, *, before: datetime | None, dry_run: bool | None) -> list[DropPollsRow]: ...
    def wait_for_locks(self, *, most: str | None) -> WaitForLocksRow: ...
    def adopt_migrations(self) -> int: ...
    def file_words(self, *, n: int | None) -> int: ...
    def limit_locks(self, *, milliseconds: str | None) -> LimitLocksRow: ...
    def lock_migrations(self, *, key: int | None) -> LockMigrationsRow | None: ...
    def make_poll_partitions(self, *, from_day: date | None, until_day: date | None) -> int: ...
    def refresh_outlet_borrowing(self) -> int: ...
    def refresh_timeline(self) -> int: ...
    def save_views_digest(self, *, digest: str | None) -> int: ...
    def set_database_defaults(self) -> int: ...
    def view_drop_statements(self) -> list[ViewDropStatementsRow]: ...
    def views_digest(self) -> str | None: ...
    def last_run_ended(self) -> datetime | None: ...
    def server_facts(self) -> ServerFactsRow: ...
    def status_drops(self) -> list[StatusDropsRow]: ...
    def status_feeds(self) -> list[StatusFeedsRow]: ...
    def status_in_force(self) -> list[StatusInForceRow]: ...
    def status_lag(self) -> list[StatusLagRow]: ...
    def status_pauses(self) -> list[StatusPausesRow]: ...
    def status_runs(self) -> list[StatusRunsRow]: ...
    def status_totals(self) -> StatusTotalsRow: ...
    def articles_of_other_rules(
        self,
        *,
        topic: str | None,
        after: int | None,
        parts: int | None,
        part: int | None,
        since: datetime | None,
        until: datetime | None,
        rules_version: str | None,
        n: int | None,
    ) -> list[ArticlesOfOtherRulesRow]: ...
    def clear_mentions(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def close_tags(self, *, now: datetime | None, tag_ids: list[int] | None) -> int: ...
    def close_topic_rules(self, *, now: datetime | None, topics: list[str] | None) -> int: ...
    def has_articles_of_other_rules(
        self,
        *,
        topic: str | None,
        parts: int | None,
        part: int | None,
        since: datetime | None,
        until: datetime | None,
        rules_version: str | None,
    ) -> bool: ...
    def keep_topic_files_read(self, *, digest: str | None, now: datetime | None) -> int: ...
    def known_entities(self, *, keys: list[str] | None) -> list[KnownEntitiesRow]: ...
    def lock_topics(self) -> int: ...
    def mark_tagged(self, *, now: datetime | None, article_ids: list[int] | None) -> int: ...
    def obey_reviews(self, *, article_ids: list[int] | None, topics: list[str] | None) -> list[ObeyReviewsRow]: ...
    def open_tags(self, rows: Iterable[Sequence[object]], /) -> list[OpenTagsRow]: ...
    def open_topic_rules(
        self, *, topic: str | None, version: str | None, title: str | None, content: object, now: datetime | None
    ) -> int: ...
    def repeat_tags(self, *, rules_version: str | None, now: datetime | None, tag_ids: list[int] | None) -> int: ...
    def rules_changes(self, *, topic: str | None, rules_version: str | None) -> list[RulesChangesRow]: ...
    def rules_of_version(self, *, topic: str | None, version: str | None) -> Any: ...
    def rules_version_in_force(self, *, topic: str | None) -> str | None: ...
    def save_entities(self, rows: Iterable[Sequence[object]], /) -> list[SaveEntitiesRow]: ...
    def save_evidence(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def save_mentions(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def tags_in_force(self, *, article_ids: list[int] | None, topics: list[str] | None) -> list[TagsInForceRow]: ...
    def topic_files_read(self) -> str | None: ...
    def topic_versions_in_force(self) -> list[TopicVersionsInForceRow]: ...
    def topics_in_force(self) -> list[TopicsInForceRow]: ...
    def untagged_articles(self, *, n: int | None) -> list[UntaggedArticlesRow]: ...
    def add_token(self, *, digest: str | None, owner: str | None, name: str | None, watch_id: int | None) -> int: ...
    def add_watch(
        self,
        *,
        name: str | None,
        owner: str | None,
        filters: object,
        per: str | None,
        digest_hour: int | None,
        channels: list[str] | None,
    ) -> int: ...
    def attention(
        self,
        *,
        query: str | None,
        since: date | None,
        until: date | None,
        by: str | None,
        topic: str | None,
        relevance: str | None,
        event: str | None,
        entity: str | None,
        language: str | None,
        outlet: str | None,
        bloc: str | None,
        press: str | None,
    ) -> list[AttentionRow]: ...
    def confirm_watch_message(self, *, message_id: int | None) -> int: ...
    def items_of_watch_message(self, *, message_id: int | None) -> list[ItemsOfWatchMessageRow]: ...
    def matches(
        self,
        *,
        query: str | None,
        topic: str | None,
        relevance: str | None,
        event: str | None,
        entity: str | None,
        language: str | None,
        outlet: str | None,
        perspective: str | None,
        bloc: str | None,
        press: str | None,
        since: datetime | None,
        until: datetime | None,
        before_at: datetime | None,
        before_article: int | None,
        most: int | None,
    ) -> list[MatchesRow]: ...
    def messages_of_watch(self, *, watch_id: int | None, most: int | None) -> list[MessagesOfWatchRow]: ...
    def next_watch_message(self, *, channel: str | None, after: int | None) -> NextWatchMessageRow | None: ...
    def pause_watch(self, *, paused: bool | None, watch_id: int | None) -> int: ...
    def refuse_watch_message(self, *, error: str | None, message_id: int | None) -> int: ...
    def retire_file_watches(self, *, keys: list[str] | None) -> int: ...
    def retire_watch(self, *, watch_id: int | None) -> int: ...
    def revoke_token(self, *, token_id: int | None, owner: str | None) -> int: ...
    def save_file_watches(self, rows: Iterable[Sequence[object]], /) -> None: ...
    def tokens_of(self, *, owner: str | None) -> list[TokensOfRow]: ...
    def use_token(self, *, digest: str | None) -> UseTokenRow | None: ...
    def watch_page(self, *, watch_id: int | None) -> WatchPageRow | None: ...
    def watches_in_force(self) -> list[WatchesInForceRow]: ...
    def write_burst_message(
        self, *, watch_id: int | None, channel: str | None, now: datetime | None, digest_day: date | None
    ) -> list[WriteBurstMessageRow]: ...
    def write_watch_message(
        self,
        *,
        watch_id: int | None,
        now: datetime | None,
        look_back: timedelta | None,
        channel: str | None,
        digest_day: date | None,
    ) -> list[WriteWatchMessageRow]: ...
