"""Addresses, pure: the form we store and visit, the form that says whether two are the same page, the host.

`clean_url` never changes which document an address names: it resolves, unwraps and removes what only counts visitors.
`url_key` folds further (scheme, `www.`, AMP and mobile editions, order of parameters); nobody visits a key.
Both err on the side of keeping two addresses apart: copies of one article under two addresses are found again by
their text, but two articles under one key would lose one of them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

MAX_URL = 2048
"""Characters of a cleaned address. Its key stays below what a Postgres b-tree can hold (2,704 bytes)."""

_MAX_RAW = 16_384
_WRAPPERS = 3
"""Wrappers within wrappers that are unwrapped; more is an attack or a mistake."""

# Parameters that count visitors and never choose the document. courlan's list is not used: it also drops `cid`, `eid`,
# `uid`, `source` and `keyword`, by which some sites address their articles.
_TRACKER = re.compile(
    r"(?:utm|itm|mtm|pk|piwik|matomo|hsa|vero|oly|xtor|wt)[_.-]\w+"
    r"|at_(?:medium|campaign|custom\w*|link\w*|ptr\w*|format|creation|bbc_team)"
    r"|(?:fb|g|dc|y|yc|ysc|tw|tt|igsh)clid|msclkid|gbraid|wbraid|igshid|igsh|rdt_cid|epik|_ga|_gl|_hsenc|_hsmi|__\w+"
    r"|fb_(?:action_ids|action_types|ref|source)|action_(?:object|type|ref)_map|fbc_id|h_ad_id"
    r"|mc_[ce]id|mkt_tok|ml_subscriber\w*|i?cmp(?:id)?|intcmp|int_cmp|ito|ico|ocid|ncid|icid|ftag|smid|smtyp|emc|xtor"
    r"|spm|scm|partnerid|campaign(?:_?id)?|traffic_source|guce_referr\w+|guccounter|cvid|ved|usg|mbid|tblci|dicbo|gaa_\w+"
    r"|ref(?:_?src|_?url|errer|erer)?|share(?:d|_from|_token|_source|_medium)?|sharetype|st_refdomain|soc_(?:src|trk)"
    r"|feedtype|feedname|rss_?id",
    re.IGNORECASE,
)
# Parameters that count visitors only with these values.
_TRACKS_BY_VALUE = frozenset({"from", "source", "src", "via", "partner", "mod"})
_TRACKING_VALUE = re.compile(
    r"rss(?:[_-].*|feed)?|.*[_-]rss|feeds?|newsletter|twitter|facebook|telegram|whatsapp|homepage", re.IGNORECASE
)
_AMP_PARAMETERS = frozenset({("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp"), ("output", "amp")})

_UNWANTED_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_FOLD = re.compile(r"[\t\r\n]+\s*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST_WITH_PORT = re.compile(r"[\w.-]+\.[\w-]+(?::\d+)?(?:[/?#]|$)")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_EDITION = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=(?!(?:com?|org|net|gov|ac|edu)\.[a-z]{2}(?::\d+)?$)[^.]+\.[^.])")
_DEFAULT_PAGE = re.compile(r"/(?:index|default)\.(?:s?html?|php|aspx?|jsp)$", re.IGNORECASE)
_AMP_PATH = re.compile(r"^/amp(?=/.)|/amp/?$|\.amp(?=\.html?$|$)")


@lru_cache(maxsize=1024)
def clean_url(url: str, base: str | None = None) -> str:
    """The absolute address that `url` means, unwrapped and without tracking parameters or fragment.

    `base` is the address of the document that `url` was found in. The answer is ASCII (IDNA host, percent-encoded
    path and query), at most MAX_URL characters, with http or https; user names and passwords are removed. Links of
    aggregators that carry their target (Bing `apiclick.aspx?url=`, Google `/url?q=`) become the target. Google News
    links and FeedBurner's `/~r/` links stay: only their server knows where they lead. A fragment stays where it names
    the page (`#!/…`).

    Raises ValueError that says what is wrong with the address.
    """
    address = _resolve(url, base)
    for _ in range(_WRAPPERS):
        target = _wrapped(address)
        if target is None:
            break
        address = _resolve(target, None)
    parts = _split(address)
    fragment = parts.fragment if parts.fragment.startswith(("!/", "/")) else ""
    cleaned = urlunsplit(
        (
            parts.scheme,
            _host(parts) + _port(parts),
            _ascii(parts.path) or "/",
            _ascii("&".join(pair for pair in parts.query.split("&") if pair and not _tracks(pair))),
            _ascii(fragment),
        )
    )
    if len(cleaned) > MAX_URL:
        raise ValueError(f"address of {len(cleaned)} characters, more than {MAX_URL}: {_shown(url)}")
    return cleaned


def as_written(url: str, base: str | None = None) -> str:
    """The absolute address that `url` means, to be asked for as it was written: some are signed as a whole.

    Nothing that is percent-encoded is decoded, nothing is left out but the fragment; what no request may hold is
    percent-encoded, and the host is written as it is looked up. Raises ValueError as `clean_url`, and for an address
    with a user name or a password.
    """
    text = _LINE_FOLD.sub("", url.strip())
    if _CONTROL.search(text):
        raise ValueError(f"control character in the address {_shown(url)}")
    if base is not None:
        text = urljoin(base, text)
    parts = _split(text)
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"an address with credentials: {_shown(url)}")
    query = "?" + _ascii(parts.query) if parts.query else ""
    return f"{parts.scheme}://{_host(parts)}{_port(parts)}{_ascii(parts.path) or '/'}{query}"


def url_key(url: str) -> str:
    """The form of an address by which two are the same page, e.g. `example.com/2026/06/story?id=7`.

    Folded: scheme, `www.`, mobile and AMP editions, default port, trailing slash, default page, percent-encoding,
    order of parameters. Kept apart: anything else, upper and lower case of the path included.

    Raises ValueError as `clean_url`.
    """
    parts = urlsplit(clean_url(url))
    host = _EDITION.sub("", parts.netloc)
    path = re.sub("/{2,}", "/", parts.path)
    path = _DEFAULT_PAGE.sub("/", _AMP_PATH.sub("", path)).rstrip("/")
    pairs = [pair.partition("=") for pair in parts.query.split("&") if pair]
    kept = sorted(f"{n}={v}" if v else n for n, _, v in pairs if (n.lower(), v.lower()) not in _AMP_PARAMETERS)
    key = host + _same_quoting(path)
    if kept:
        key += "?" + _same_quoting("&".join(kept))
    return f"{key}#{parts.fragment}" if parts.fragment else key


def host_key(url: str) -> str:
    """The host of an address, with its port when that is not the default one: the unit of politeness.

    Raises ValueError as `clean_url`.
    """
    return urlsplit(clean_url(url)).netloc


def _resolve(url: str, base: str | None) -> str:
    """`url` as an absolute address; ValueError when it can't be one."""
    if len(url) > _MAX_RAW:
        raise ValueError(f"address of {len(url)} characters, more than {_MAX_RAW}: {_shown(url)}")
    text = _LINE_FOLD.sub("", url.strip()).replace("&amp;", "&")
    if not text:
        raise ValueError("empty address")
    if _UNWANTED_CONTROL.search(text):
        raise ValueError(f"control character in the address {_shown(url)}")
    head, mark, tail = text.partition("?")
    text = head.replace("\\", "/") + mark + tail
    if text.startswith("//"):
        text = (_split(base).scheme if base else "https") + ":" + text
    elif text.lower().startswith("www.") and _HOST_WITH_PORT.match(text):
        text = "https://" + text
    elif not _SCHEME.match(text):
        if base is None:
            raise ValueError(f"relative address without a base: {_shown(url)}")
        try:
            text = urljoin(base, text)
        except ValueError as error:
            raise ValueError(f"unreadable address {_shown(url)}: {error}") from None
    _split(text)
    return text


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 (reading it checks it)
    except ValueError as error:
        raise ValueError(f"unreadable address {_shown(address)}: {error}") from None
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"not http or https: {_shown(address)}")
    if parts.port == 0:
        raise ValueError(f"port 0 in the address {_shown(address)}")
    _host(parts)
    return parts


def _host(parts: SplitResult) -> str:
    """The host as it is looked up: lower case, IDNA; IPv6 in brackets."""
    host = (parts.hostname or "").rstrip(".")
    if ":" in host and "%" not in host:
        return f"[{host}]"
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise ValueError(f"impossible host name in the address {_shown(parts.geturl())}") from None
    if not host:
        raise ValueError(f"no host in the address {_shown(parts.geturl())}")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise ValueError(f"impossible host name {host[:80]!r} in the address {_shown(parts.geturl())}")
    return host


def _port(parts: SplitResult) -> str:
    default = 443 if parts.scheme == "https" else 80
    return "" if parts.port in (None, default) else f":{parts.port}"


def _wrapped(address: str) -> str | None:
    """The target that an aggregator's link carries in its query; None when it is no such link."""
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.")
    path = parts.path.lower()
    if host == "bing.com" and path.endswith("/apiclick.aspx"):
        names: tuple[str, ...] = ("url",)
    elif re.fullmatch(r"google\.[a-z.]{2,6}", host) and path == "/url":
        names = ("url", "q")
    elif host in ("l.facebook.com", "lm.facebook.com") and path == "/l.php":
        names = ("u",)
    else:
        return None
    for name, _, value in (pair.partition("=") for pair in parts.query.split("&")):
        target = unquote(value.replace("+", "%20"))
        if name.lower() in names and target.lower().startswith(("http://", "https://")):
            return target
    return None


def _tracks(pair: str) -> bool:
    name, _, value = pair.partition("=")
    if _TRACKER.fullmatch(name):
        return True
    return name.lower() in _TRACKS_BY_VALUE and bool(_TRACKING_VALUE.fullmatch(value))


def _ascii(text: str) -> str:
    """Percent-encode what may not stand in an address; what is encoded already stays."""
    return quote(text, safe="/%:@!$&'()*+,;=~-._?", errors="surrogateescape")


def _same_quoting(text: str) -> str:
    """One spelling of percent-encoding: `%7e`, `%7E` and `~` are the same; reserved characters stay as they are."""

    def respell(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if re.fullmatch(r"[A-Za-z0-9._~-]", character) else match[0].upper()

    return re.sub("%([0-9A-Fa-f]{2})", respell, text)


def _shown(url: str) -> str:
    return repr(url if len(url) <= 120 else url[:117] + "...")
