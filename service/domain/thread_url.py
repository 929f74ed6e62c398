"""One article, one thread: the canonical form of an article's address."""

from __future__ import annotations

import unicodedata
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from service.domain.errors import BadThreadUrl

MAX_URL_LENGTH = 2048
TRACKING_PARAMETERS = frozenset(
    "fbclid gclid dclid gbraid wbraid msclkid yclid twclid igshid mc_cid mc_eid _ga _gl ref_src cmpid ocid "
    "replytocom unapproved moderation-hash amp outputtype".split()
)
TRACKING_PREFIXES = ("utm_", "hsa_", "pk_", "mtm_", "at_")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PATH_SAFE = "/:@!$&'()*+,;=-._~"


def clean_url(url: str) -> str:
    """The address to link to: as given, without fragment and tracking parameters.

    Raises `BadThreadUrl` unless it is an absolute http(s) address.
    """
    scheme, host, path, query = _parts(url)
    return _checked_length(urlunsplit((scheme, host, path or "/", urlencode(query), "")))


def canonical_key(url: str) -> str:
    """What makes two addresses the same article: no scheme, host in lower case, parameters in order,
    no trailing slash. Raises `BadThreadUrl`."""
    _, host, path, query = _parts(url)
    path = quote(unquote(path), safe=_PATH_SAFE).rstrip("/")
    key = f"{host}{path}"
    return _checked_length(f"{key}?{urlencode(sorted(query))}" if query else key)


def _checked_length(url: str) -> str:
    if len(url) > MAX_URL_LENGTH:
        raise BadThreadUrl(f"The thread's url is longer than {MAX_URL_LENGTH} characters.", field="thread.url")
    return url


def _parts(url: str) -> tuple[str, str, str, list[tuple[str, str]]]:
    _checked_length(url)
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in url.strip()):
        raise BadThreadUrl("The thread's url contains a control character: percent-encode it.", field="thread.url")
    try:
        split = urlsplit(url.strip())
        port = split.port
        host = (split.hostname or "").encode("idna").decode()
    except ValueError as error:
        raise BadThreadUrl(f"The thread's url cannot be read: {error}.", field="thread.url") from error
    if split.scheme not in _DEFAULT_PORTS or not host:
        raise BadThreadUrl(
            "The thread's url must be the article's absolute address, beginning with http:// or https://.",
            field="thread.url",
        )
    netloc = f"[{host}]" if ":" in host else host
    if port and port != _DEFAULT_PORTS[split.scheme]:
        netloc = f"{netloc}:{port}"
    query = [(k, v) for k, v in parse_qsl(split.query, keep_blank_values=True) if not _is_tracking(k)]
    return split.scheme, netloc, split.path, query


def _is_tracking(parameter: str) -> bool:
    name = parameter.lower()
    return name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)
