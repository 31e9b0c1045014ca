"""The web, politely and safely: one visit at a time per host, every address checked, every page kept raw.

url ─ robots ─▶ allowed ─ politeness ─▶ turn ─ address_guard ─▶ connection ─ client ─▶ Response ─ archive ─▶ WARC
"""
