"""A page into an article (pure), as a pipe.

    bytes ─ parsing ─▶ tree ─ layout, boxes, boilerplate ─▶ what is not the story, out ─ main_text (trafilatura) ─▶ text
                         └ metadata ─▶ title, authors, section, dates, addresses

`extract.extract` is the whole of it; `child` runs it in a process of its own, for hostile pages.
"""
