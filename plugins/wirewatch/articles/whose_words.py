"""Whose words count about a page: a feed speaks for its own outlet's sites, elsewhere it is a stranger.

Home pages of the registry say whose a site is, else what was learned (`news.outlet_site`). A page at a stranger's
address speaks for itself, or the site's own outlet does in a feed of its own.
"""

from __future__ import annotations

from wirewatch.articles.claims import Claim, words_of
from wirewatch.articles.pages import FeedWords
from wirewatch.articles.storing import site_of
from wirewatch.text.urls import clean_url
from wirewatch.warehouse import Warehouse


class WhoseWords:
    """Looks up whose sites are whose, once for each feed and site of a task."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._known: dict[tuple[int, str], bool] = {}

    def is_strangers(self, entry: Claim, url: str) -> bool:
        """Whether the site of `url` is another outlet's than that of the entry's feed."""
        try:
            site = site_of(clean_url(url))
        except ValueError:
            return False  # no article comes of such an address
        key = (entry.feed_id, site)
        if key not in self._known:
            with self._warehouse.transaction() as rows:
                self._known[key] = bool(rows.is_stranger(feed_id=entry.feed_id, site=site))
        return self._known[key]

    def words(self, entry: Claim, url: str) -> FeedWords:
        """What counts beside the page at `url` itself: the feed's words, or those of the site's own outlet."""
        if not self.is_strangers(entry, url):
            return entry.words
        with self._warehouse.transaction() as rows:
            row = rows.own_words(url_key=entry.url_key, site=site_of(clean_url(url)))
        return words_of(row) if row is not None else entry.words.of_a_stranger()
