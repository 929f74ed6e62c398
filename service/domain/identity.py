"""Who wrote it, without keeping an address: keyed hashes of e-mail and IP, key rotation, truncation."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from datetime import date

from email_validator import EmailNotValidError, validate_email

from service.domain.errors import BadAddress

MAX_EMAIL_LENGTH = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets


class EmailAddress:
    """A plain address on its way to being hashed. Shows nothing of itself in logs or tracebacks."""

    __slots__ = ("_plain",)

    def __init__(self, plain: str) -> None:
        self._plain = plain

    def reveal(self) -> str:
        return self._plain

    def __repr__(self) -> str:
        return "EmailAddress(…)"

    __str__ = __repr__


@dataclass(frozen=True)
class HashKey:
    """A deployment's secret with the id that is stored beside every hash made with it."""

    id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"HashKey(id={self.id!r})"


@dataclass(frozen=True)
class HashKeys:
    """The current key first, then those that were rotated out but still recognise their authors."""

    keys: tuple[HashKey, ...]

    @property
    def current(self) -> HashKey:
        return self.keys[0]

    def author_hashes(self, address: EmailAddress) -> tuple[str, ...]:
        """`keyid:hex` of HMAC-SHA256 under every key, the current one first."""
        message = b"email\0" + address.reveal().encode()
        return tuple(f"{key.id}:{hmac.digest(key.secret, message, 'sha256').hex()}" for key in self.keys)

    def ip_hash(self, ip: str, day: date) -> str:
        """A hash that lives one day: enough to see a flood, useless to follow a person."""
        message = f"ip\0{day.isoformat()}\0{_read_ip(ip)}".encode()
        return hmac.digest(self.current.secret, message, "sha256").hex()[:32]

    @classmethod
    def parse(cls, setting: str) -> HashKeys:
        """Read `id:hex,id:hex`, the current key first. Raises ValueError with a sentence."""
        keys = tuple(_parse_key(part.strip()) for part in setting.split(",") if part.strip())
        if not keys:
            raise ValueError("No key is given: write `k1:` and 64 hexadecimal digits.")
        if len({key.id for key in keys}) != len(keys):
            raise ValueError("Two keys carry the same id: give the new key an id of its own.")
        return cls(keys)


def _parse_key(part: str) -> HashKey:
    key_id, _, secret = part.partition(":")
    try:
        raw = bytes.fromhex(secret)
    except ValueError:
        raw = b""
    if not key_id.isalnum() or len(raw) < 16:
        raise ValueError(
            "A hash key must look like `k1:` and at least 32 hexadecimal digits (64 are better); "
            "make one with `civility new-key`."
        )
    return HashKey(key_id, raw)


def read_email(given: str) -> EmailAddress:
    """Check the syntax (no DNS) and normalise: case and the spaces around it do not make another person.

    Raises `BadAddress` with a sentence for the writer.
    """
    try:
        return EmailAddress(_normalised_email(given.strip()))
    except EmailNotValidError as error:
        raise BadAddress(f"Please enter a valid email address: {error}", field="email") from None


def _normalised_email(given: str) -> str:
    if len(given) > MAX_EMAIL_LENGTH:
        raise EmailNotValidError(f"it is longer than {MAX_EMAIL_LENGTH} characters.")
    return validate_email(given, check_deliverability=False, test_environment=True).normalized.casefold()


def truncate_ip(ip: str) -> str:
    """The network a reader came from: /24 of IPv4, /48 of IPv6. Raises ValueError on anything else."""
    address = _read_ip(ip)
    prefix = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network((address, prefix), strict=False))


def _read_ip(ip: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """One address for all its spellings: without a zone, and IPv4 where it was wrapped in IPv6."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address
