"""What a user would pick instead, and Wirewatch, on the same pages: each a command that reads feeds into Postgres.

web       the sites: a home page, a feed with a window, pages
plain     feedparser + trafilatura + psycopg2, as one would write it in an evening
pipeline  Wirewatch's stages, in as many processes
launched  what starts, kills and measures each of them
"""
