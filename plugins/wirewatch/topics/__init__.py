"""Topics: which articles belong to a subject, and why (pure, but for labelling).

topic file → rules → matches in an article → features → score → tag with evidence
"""
