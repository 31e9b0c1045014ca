"""Pages of our own writing, in the templates that publishers use."""

from __future__ import annotations

import json

STORY = (
    "Officers from both navies met for a second day in the capital on Wednesday and agreed to test a telephone line"
    " between their fleet commands.",
    "The line is meant to be used when ships or aircraft come close to each other, the host ministry said in a"
    " statement, and both sides will name the officers who answer it.",
    "“A call takes a minute, an accident takes years to fix,” said the head of the delegation, Rear Admiral Ana"
    " Torres, who had asked for the line since the collision of two patrol boats in March.",
    "The talks go on in the autumn. Until then neither side will hold exercises with live ammunition within twenty"
    " miles of the other's coast, according to the statement.",
)
TITLE = "Two navies agree on a line for emergencies"
STANDFIRST = "After a collision in March, fleet commands are to be able to call each other at any hour."


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>\n" for text in texts or STORY)


def page(body: str, *, head: str = "", lang: str = "en") -> str:
    return f'<!DOCTYPE html><html lang="{lang}"><head><title>x</title>{head}</head><body>{body}</body></html>'


def json_ld(**fields: object) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle"} | fields
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


WORDPRESS = page(
    f"""
    <header><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav></header>
    <article class="post type-post">
      <h1 class="entry-title">{TITLE}</h1>
      <div class="entry-meta">By <a rel="author" href="/a">Jane Roe</a> on <time datetime="2026-06-03T09:15:00+02:00">
        June 3, 2026</time></div>
      <div class="entry-content">
        <p>{TITLE}</p>
        <p>In this file photo, officers arrive at the ministry in the capital. Photo Harbour Press/AP/John Doe.</p>
        {paragraphs()}
        <p>Read more: <a href="/collision">What happened in March</a></p>
        <div class="sharedaddy sd-sharing"><h3>Share this:</h3><ul><li><a href="#">Print</a></li></ul></div>
        <div class="jp-relatedposts"><h3>Related</h3><p><a href="/other">Patrol boats collide off the cape</a></p></div>
      </div>
      <div id="respond" class="comment-respond"><h3>Leave a Reply</h3>
        <p>Your email address will not be published. Required fields are marked *</p></div>
    </article>
    <footer>© 2026 Harbour Press</footer>
    """,
    head=f'<meta property="og:title" content="{TITLE} | Harbour Press">'
    '<meta property="og:site_name" content="Harbour Press">'
    '<link rel="canonical" href="https://www.harbour.example/2026/06/03/emergency-line/?utm_source=home">',
)
"""A blog template: headline repeated in the text, a photo's credit, related posts, a comment form."""

JSON_LD = page(
    f"""
    <main><h1>{TITLE}</h1><div class="c-x1">{STANDFIRST}</div>
    <div class="c-x2">{paragraphs(*STORY[:2])}<p>Our readers keep us going. Become a member of the Harbour Press today
    and get the evening letter as a gift, every day but Sunday.</p>{paragraphs(*STORY[2:])}</div></main>
    """,
    head=json_ld(
        headline=TITLE,
        description=STANDFIRST,
        author=[{"@type": "Person", "name": "Jane Roe"}, {"@type": "Person", "name": "John Doe"}],
        publisher={"@type": "Organization", "name": "Harbour Press"},
        datePublished="2026-06-03T09:15:00+02:00",
        dateModified="2026-06-03T11:00:00+02:00",
        articleSection="World",
        inLanguage="en-GB",
        articleBody="\n".join(STORY),
        url="https://www.harbour.example/2026/06/03/emergency-line/",
    ),
)
"""A template with the body in JSON-LD, and an appeal that no class gives away."""

LIVE_BLOG = page(
    "<main><h1>Talks at the ministry: live</h1>"
    + "".join(f"<article><h2>{9 + n}:15</h2><p>{text}</p></article>" for n, text in enumerate(STORY))
    + "</main>"
)

FLASH = page(
    "<nav><a href='/'>Home</a> <a href='/world'>World</a></nav><article><h1>Navies agree on line</h1>"
    "<p>URGENT: Two navies agree on emergency line, ministry says.</p></article>"
)

INDEX = page(
    "<main><h1>World</h1>"
    + "".join(f'<div><h3><a href="/story/{n}">Navies talk for day {n} in the capital</a></h3></div>' for n in range(30))
    + "</main>"
)

STUB = page(
    f"<article><h1>{TITLE}</h1><p>{STORY[0][:90]}…</p>"
    "<div class='barrier'><h2>Subscribe to continue reading</h2><p>Already a subscriber? Log in.</p></div></article>",
    head=json_ld(headline=TITLE, isAccessibleForFree=False),
)

CHALLENGE = page(
    "<h1>Please verify you are a human</h1><p>Checking your browser before you reach harbour.example.</p>",
    head="<title>Just a moment...</title>",
).replace("<title>x</title>", "")

VIDEO = page(
    "<h1>Watch: the talks in two minutes</h1><video src='/v.mp4'></video><p>Officers arrive at the ministry.</p>",
    head=json_ld(**{"@type": "VideoObject", "name": "Watch: the talks in two minutes"}),
)

CHINESE = page(
    "<h1>两国海军同意设立紧急热线</h1><p>来源：海港社</p>"
    "<p>新华社首都6月3日电 两国海军军官三日在首都举行第二天会谈，同意在双方舰队司令部之间试行一条电话热线。</p>"
    "<p>东道国国防部在声明中说，当双方舰艇或飞机彼此接近时可以使用这条热线，双方将指定接听电话的军官。</p>"
    "<p>会谈将于秋季继续举行。声明说，在此之前双方都不会在距离对方海岸二十海里以内举行实弹演习。</p><p>责任编辑：某某</p>",
    head='<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'
    '<meta name="publishdate" content="2026-06-03">',
    lang="zh-CN",
).encode("gb18030")
