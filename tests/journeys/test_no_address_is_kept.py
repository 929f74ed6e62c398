"""Replies with addresses go through a running service; afterwards every byte it wrote is searched for them."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
import urllib3
from sqlalchemy.engine import URL

from tests.running import RunningService, running

LOCAL, DOMAIN = "zenobia.quillfeather", "marmalade-post.example"
EMAIL, SHOUTED = f"{LOCAL}@{DOMAIN}", f"{LOCAL.title()}@{DOMAIN.upper()}"
IPS = ("203.0.113.77", "2001:db8:77:66:55:44:33:22")
NAME = "Zenobia Q."
TEXT = "The benches in the middle of the bridge are a nice touch."


def spellings(secret: str) -> set[bytes]:
    """The ways in which an address may lie in a file: as it is, encoded, or merely hashed without a key."""
    plain = secret.encode()
    return {
        plain,
        plain[::-1],
        quote(secret).encode(),
        secret.encode("utf-16-le"),
        plain.hex().encode(),
        base64.b64encode(plain).rstrip(b"="),
        *(digest(plain).digest() for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256)),
        *(digest(plain).hexdigest().encode() for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256)),
    }


SECRETS = {spelling for secret in (EMAIL, LOCAL, DOMAIN, *IPS) for spelling in spellings(secret)}


def finds(content: bytes, secrets: set[bytes]) -> list[bytes]:
    """Those secrets that stand in the content, however they are capitalised."""
    small = content.lower()
    return [secret for secret in secrets if secret in content or secret.lower() in small]


def files_below(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file())


class Doors:
    """Everything through which an address can come in."""

    def __init__(self, service: RunningService) -> None:
        self._service = service
        self.digests: set[bytes] = set()  # of what was sent: with all but the address known, they would give it away
        self._http = urllib3.PoolManager()

    def hand_in(self, body: object, *, raw: bytes | None = None, **headers: str) -> urllib3.BaseHTTPResponse:
        sent = {"Authorization": f"Bearer {self._service.api_key}", "Content-Type": "application/json", **headers}
        content = raw or json.dumps(body).encode()
        self.digests |= {hashlib.blake2b(content, digest_size=size).digest() for size in (16, 20, 32, 64)}
        self.digests |= {hashlib.new(name, content).digest()[:16] for name in ("md5", "sha1", "sha256", "sha512")}
        return self._http.request("POST", f"{self._service.url}/api/v1/replies", headers=sent, body=content)

    def fill_in(self, **fields: str) -> urllib3.BaseHTTPResponse:
        form = {
            "site": self._service.site_key,
            "thread_url": f"{self._service.url}/demo/",
            "author": NAME,
            "email": EMAIL,
            "comment": TEXT,
            **fields,
        }
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": "Mozilla/5.0 (a browser)",
            "Cookie": f"comment_author_email_x={quote(EMAIL)}",
            "X-Forwarded-For": IPS[0],
        }
        return self._http.request(
            "POST",
            f"{self._service.url}/wp-comments-post.php",
            headers=headers,
            body=urlencode(form).encode(),
            redirect=False,
        )

    def is_decided(self, reply_id: str) -> bool:
        answer = self._http.request(
            "GET",
            f"{self._service.url}/api/v1/replies/{reply_id}",
            headers={"Authorization": f"Bearer {self._service.api_key}"},
        )
        return answer.json()["status"] != "pending"


def a_body(text: str, *, email: str = EMAIL, ip: str = IPS[0]) -> dict[str, object]:
    return {
        "thread": {"url": "https://news.example/bridge"},
        "author": {"name": NAME, "email": email},
        "text": text,
        "ip": ip,
        "user_agent": "Mozilla/5.0 (a browser)",
    }


def use_every_door(service: RunningService) -> set[bytes]:
    """Good replies, refused ones, broken ones, retries: by the API and by the form. Returns what must not be kept."""
    doors = Doors(service)
    accepted = [
        doors.hand_in(a_body(TEXT), **{"Idempotency-Key": "one"}),
        doors.hand_in(a_body(TEXT), **{"Idempotency-Key": "one"}),
        doors.hand_in(a_body("You are a stupid idiot and I hope you die.", email=SHOUTED, ip=IPS[1])),
    ]
    assert [answer.status for answer in accepted] == [202, 202, 202]
    refused = [
        doors.hand_in(a_body(TEXT)),  # a duplicate
        doors.hand_in(a_body("Other words."), **{"Idempotency-Key": "one"}),
        doors.hand_in({**a_body("Unknown field."), "e_mail": EMAIL}),
        doors.hand_in(a_body("An address that is none.", email=f"{EMAIL}@")),
        doors.hand_in(None, raw=json.dumps(a_body("Cut off."))[:-9].encode()),
        doors.hand_in(a_body("Wrong key."), Authorization=f"Bearer {EMAIL}"),
    ]
    assert all(400 <= answer.status < 500 for answer in refused), [answer.status for answer in refused]
    assert doors.fill_in().status == 302
    assert doors.fill_in(comment="With consent, a minute later.", **{"wp-comment-cookies-consent": "yes"}).status == 302
    assert doors.fill_in(email=f"{EMAIL}@").status >= 400
    assert doors.fill_in(comment="").status >= 400
    deadline = time.monotonic() + 30
    while not all(doors.is_decided(answer.json()["id"]) for answer in accepted):
        assert time.monotonic() < deadline, "the replies were not decided"
        time.sleep(0.1)
    return SECRETS | doors.digests


def assert_clean(files: Iterator[Path], secrets: set[bytes]) -> int:
    """No file holds a secret; returns how many files hold the author's name, to show that the search finds."""
    naming = 0
    for path in files:
        content = path.read_bytes()
        found = finds(content, secrets)
        assert not found, f"{found} stands in {path.name}"
        naming += NAME.encode() in content
    return naming


SETTINGS = {"CIVILITY_FORM_FLOOD_SECONDS": "0", "CIVILITY_LOG_LEVEL": "debug", "CIVILITY_TRUSTED_PROXIES": "1"}


def test_the_search_finds_an_address_in_every_spelling() -> None:
    for spelling in (EMAIL, SHOUTED, quote(EMAIL), base64.b64encode(EMAIL.encode()).decode(), EMAIL[::-1]):
        assert finds(b"\x00\x01" + spelling.encode() + b"\xff", SECRETS), spelling


def test_no_byte_of_sqlite_valkey_and_logs_holds_an_address(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data, **SETTINGS) as service:
        secrets = use_every_door(service)
        while_running = assert_clean(files_below(data), secrets)
    after_the_end = assert_clean(files_below(data), secrets)

    assert while_running >= 1
    assert after_the_end >= 1
    assert {"civility.db", "web.log", "worker.log", "valkey.log"} <= {path.name for path in files_below(data)}
    assert any("appendonlydir" in str(path) for path in files_below(data)), "Valkey wrote no file to search"


def test_no_byte_of_a_postgresql_server_holds_an_address(tmp_path: Path, postgresql_url: URL) -> None:
    with psycopg.connect(
        postgresql_url.set(drivername="postgresql").render_as_string(False), autocommit=True
    ) as server:
        folder = Path(str(server.execute("SHOW data_directory").fetchone()[0]))  # type: ignore[index]
        server.execute("CREATE DATABASE no_address_is_kept")
        try:
            url = postgresql_url.set(database="no_address_is_kept").render_as_string(hide_password=False)
            with running(tmp_path / "data", DATABASE_URL=url, **SETTINGS) as service:
                secrets = use_every_door(service)
            server.execute("CHECKPOINT")
            assert assert_clean(files_below(folder, tmp_path / "data"), secrets) >= 1
        finally:
            server.execute("DROP DATABASE no_address_is_kept WITH (FORCE)")
