"""What an operator brings in by hand: a new feed, a list of feeds, pages of the past.

an address ─ trying ─▶ feeds with their newest items ─ proposing ─▶ an outlet ─ feeds.registry_edit ─▶ feeds.yaml
OPML ─ opml ─▶ feeds ─ proposing ─▶ outlets ┘
"""
