"""Addresses become keyed hashes that recognise their author and tell nobody else anything."""

from __future__ import annotations

import logging
import re
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.domain.errors import BadAddress
from service.domain.identity import EmailAddress, HashKeys, read_email, truncate_ip
from tests.domain.strategies import addresses, answer, hash_keys, key_rings, spelled_differently
from tests.factories import KEYS

TODAY = date(2026, 11, 24)


@given(st.data(), addresses, key_rings)
def test_the_hash_ignores_case_and_surrounding_spaces(data: st.DataObject, address: str, keys: HashKeys) -> None:
    spelled = data.draw(spelled_differently(address))

    assert keys.author_hashes(read_email(spelled)) == keys.author_hashes(read_email(address))


@given(addresses, addresses)
def test_different_addresses_have_different_hashes(one: str, other: str) -> None:
    assume(one != other)

    assert KEYS.author_hashes(read_email(one)) != KEYS.author_hashes(read_email(other))


@given(addresses, key_rings)
def test_no_two_keys_give_the_same_hash(address: str, keys: HashKeys) -> None:
    digests = [each.partition(":")[2] for each in keys.author_hashes(read_email(address))]

    assert len(set(digests)) == len(keys.keys)


@given(addresses, key_rings)
def test_a_hash_is_a_key_id_and_64_hexadecimal_digits_and_so_holds_no_address(address: str, keys: HashKeys) -> None:
    hashes = keys.author_hashes(read_email(address))

    assert all(re.fullmatch(r"[a-z0-9]+:[0-9a-f]{64}", each) for each in hashes)
    assert not any(address in each for each in hashes)


@given(addresses, hash_keys, hash_keys)
def test_after_a_rotation_the_author_is_still_recognised_by_the_old_key(address, old, new) -> None:
    assume(old.id != new.id)
    before = HashKeys((old,)).author_hashes(read_email(address))

    after = HashKeys((new, old)).author_hashes(read_email(address))

    assert after[0].startswith(f"{new.id}:")
    assert before[0] in after


def test_an_address_shows_nothing_of_itself_in_prints_logs_and_errors(caplog: pytest.LogCaptureFixture) -> None:
    address = read_email("ada.lovelace@example.org")

    logging.getLogger("test").warning("%s %r %s", address, address, {"email": address})

    assert "lovelace" not in caplog.text + f"{address} {address!r} {[address]}"


def test_a_key_shows_nothing_of_its_secret() -> None:
    assert KEYS.current.secret.hex() not in repr(KEYS)
    assert repr(KEYS.current.secret) not in repr(KEYS)


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_is_refused_with_a_sentence(text: str) -> None:
    address = answer(read_email, text)

    if isinstance(address, EmailAddress):
        KEYS.author_hashes(address)
    else:
        assert isinstance(address, BadAddress)
        assert address.sentence.startswith("Please enter a valid email address: ")


@pytest.mark.parametrize(
    "text",
    ["", " ", "ada", "ada@", "@example.org", "a@b@c.example", "ada@example..org", "a" * 250 + "@example.org"],
    ids=["empty", "blank", "no at", "no domain", "no local part", "two at", "two dots", "too long"],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        read_email(text)


@given(st.ip_addresses())
def test_the_hash_of_an_ip_changes_every_day(ip) -> None:
    tomorrow = TODAY + timedelta(days=1)

    assert KEYS.ip_hash(str(ip), TODAY) != KEYS.ip_hash(str(ip), tomorrow)
    assert str(ip) not in KEYS.ip_hash(str(ip), TODAY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:DB8::1", "2001:db8:0:0:0:0:0:1"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
    ],
    ids=["two spellings", "IPv4 inside IPv6"],
)
def test_one_ip_in_two_spellings_has_one_hash(one: str, other: str) -> None:
    assert KEYS.ip_hash(one, TODAY) == KEYS.ip_hash(other, TODAY)


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
    ],
    ids=["IPv4", "IPv6", "IPv4 inside IPv6", "IPv6 with a zone"],
)
def test_of_an_ip_only_the_network_is_kept(ip: str, network: str) -> None:
    assert truncate_ip(ip) == network


@given(st.ip_addresses())
def test_a_truncated_ip_fits_its_column(ip) -> None:
    assert len(truncate_ip(str(ip))) <= 45


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("", "No key is given"),
        ("k1:abc", "must look like"),
        ("k1:" + "zz" * 32, "must look like"),
        (":" + "00" * 32, "must look like"),
        ("k1:" + "00" * 15, "must look like"),
        ("k1:" + "00" * 32 + ",k1:" + "11" * 32, "same id"),
    ],
    ids=["none", "odd digits", "not hexadecimal", "no id", "too short", "same id twice"],
)
def test_a_bad_key_setting_is_refused_with_a_sentence(setting: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        HashKeys.parse(setting)


def test_keys_are_read_with_the_current_one_first() -> None:
    keys = HashKeys.parse(f"k2:{'22' * 32}, k1:{'11' * 32},")

    assert [key.id for key in keys.keys] == ["k2", "k1"]
    assert keys.current.secret == b"\x22" * 32
