"""The account's own reader of feeds: what is listed, and by what it is known."""

from tests.soak.recorded.items import read_items, site_of


def test_rss_items_are_known_by_their_guid():
    feed = b"""<rss><channel><link>https://paper.example/</link>
      <item><guid>a-1</guid><link>https://paper.example/1</link><title> One
        story </title><description>Short.</description></item></channel></rss>"""
    (item,) = read_items(feed)
    assert item.key == "a-1"
    assert item.links == ("https://paper.example/1",)
    assert (item.title, item.body) == ("One story", "Short.")
    assert site_of(feed) == "https://paper.example/"


def test_atom_entries_lead_to_their_alternate_link():
    feed = b"""<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="https://paper.example/feed"/>
      <link href="https://paper.example/"/><entry><id>tag:1</id><link rel="edit" href="https://paper.example/edit/1"/>
      <link rel="alternate" href="https://paper.example/1"/><title>One</title></entry></feed>"""
    (item,) = read_items(feed)
    assert (item.key, item.links, item.body) == ("tag:1", ("https://paper.example/1",), "")
    assert site_of(feed) == "https://paper.example/"


def test_without_a_guid_the_link_decides_and_without_a_link_the_title():
    feed = b"<rss><item><link>https://paper.example/1</link></item><item><title>Only words</title></item></rss>"
    assert [item.key for item in read_items(feed)] == ["https://paper.example/1", "Only words"]


def test_a_guid_that_items_share_decides_nothing():
    item = "<item><guid>same</guid><link>https://paper.example/{}</link></item>"
    feed = f"<rss>{item.format(1)}{item.format(2)}</rss>".encode()
    assert [item.key for item in read_items(feed)] == ["https://paper.example/1", "https://paper.example/2"]


def test_the_publishers_own_address_goes_before_that_of_a_click_counter():
    feed = b"""<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><item>
      <link>https://clicks.example/~r/1</link><feedburner:origLink>https://paper.example/1</feedburner:origLink>
      </item></rss>"""
    (item,) = read_items(feed)
    assert item.links == ("https://paper.example/1", "https://clicks.example/~r/1")


def test_what_is_not_well_formed_is_still_read():
    feed = b"<rss><item><title>Ships & planes</title><guid>1</guid></item><item><guid>2</guid></item></channel>"
    assert [item.key for item in read_items(feed)] == ["1", "2"]
