"""Pages of the sample web: an article in the layout of its outlet, with the boilerplate that real pages have. Pure."""

from __future__ import annotations

import textwrap
from datetime import datetime

import jinja2

from wirewatch.demo.sample_web.outlets import HERE, Outlet
from wirewatch.demo.sample_web.stories import Article, articles

TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

_PDF_ESCAPES = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})
_LAYOUTS = {"live": "live.html", "video": "video.html", "paywall": "paywall.html", "listing": "listing.html"}


def render(article: Article, port: int, *, amp: bool = False) -> tuple[bytes, str]:
    """The page of `article` (its AMP page with `amp`), and its Content-Type."""
    if article.layout == "pdf":
        return _pdf(article), "application/pdf"
    outlet = article.outlet
    name = "amp.html" if amp else _LAYOUTS.get(article.layout, outlet.page)
    home = f"http://{outlet.address}:{port}/"
    text = TEMPLATES.get_template(name).render(
        article=article,
        outlet=outlet,
        home=home,
        url=home.rstrip("/") + article.path,
        amp_url=home.rstrip("/") + article.amp_path if article.amp_path else None,
        date=article.published.astimezone(outlet.zone),
        modified=article.modified.astimezone(outlet.zone),
        earlier=_earlier(article),
        linked_data=_linked_data(article, home.rstrip("/") + article.path),
    )
    return text.encode(outlet.encoding, "xmlcharrefreplace"), f"text/html; charset={outlet.encoding}"


def front(outlet: Outlet, now: datetime) -> tuple[bytes, str]:
    """The front page of `outlet` as of `now`, and its Content-Type."""
    listed = [
        article.as_of(now)
        for article in articles().values()
        if article.outlet.key == outlet.key and article.published <= now
    ]
    text = TEMPLATES.get_template("front.html").render(outlet=outlet, articles=listed[::-1])
    return text.encode(outlet.encoding, "xmlcharrefreplace"), f"text/html; charset={outlet.encoding}"


def _earlier(article: Article) -> list[Article]:
    """What the outlet had published before: for the boxes of related headlines, which stay as they were."""
    of_outlet = [other for other in articles().values() if other.outlet.key == article.outlet.key]
    return of_outlet[: of_outlet.index(articles()[article.id])][-4:]


def _linked_data(article: Article, url: str) -> dict[str, object]:
    """schema.org's description of the page, which many outlets embed as JSON-LD."""
    zone = article.outlet.zone
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": {"live": "LiveBlogPosting", "video": "VideoObject"}.get(article.layout, "NewsArticle"),
        "headline": article.title,
        "datePublished": article.published.astimezone(zone).isoformat(),
        "dateModified": article.modified.astimezone(zone).isoformat(),
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "articleSection": article.section,
        "inLanguage": article.outlet.language,
        "publisher": {"@type": "NewsMediaOrganization", "name": article.outlet.name},
        "mainEntityOfPage": url,
        "isAccessibleForFree": article.layout != "paywall",
    }
    if article.layout == "paywall":
        data["hasPart"] = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paywalled"}
    return data


def _pdf(article: Article) -> bytes:
    """A one-page PDF with the article's text in Helvetica."""
    lines = [article.title, ""]
    for paragraph in article.paragraphs:
        lines += [*textwrap.wrap(paragraph, 95), ""]
    shown = "".join(f"({line.translate(_PDF_ESCAPES)}) '\n" for line in lines)
    content = f"BT /F1 10 Tf 14 TL 50 790 Td\n{shown}ET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)
