"""Keys, seals and button MACs: only what we made opens, only where it was made for."""

import base64
import stat
from pathlib import Path

import pytest

from bot.sealing.buttons import Signer
from bot.sealing.keys import BadKey, CannotOpen, Ring, Sealer, own_ring, read_ring

OLD, NEW = Ring((b"o" * 32,)), Ring((b"n" * 32, b"o" * 32))


def written(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode()


def test_a_ring_is_read_newest_first_with_or_without_padding() -> None:
    text = f"{written(b'n' * 32)}, {written(b'o' * 32).rstrip('=')}"
    assert read_ring(text) == NEW


@pytest.mark.parametrize(
    "text", ["", "short", written(b"x" * 31), written(b"x" * 33), f"{written(b'n' * 32)},", "ключ" * 11]
)
def test_what_is_no_key_of_thirty_two_bytes_is_refused(text: str) -> None:
    with pytest.raises(BadKey):
        read_ring(text)


def test_a_ring_shows_no_key() -> None:
    assert "nnnn" not in repr(NEW) and written(b"n" * 32) not in repr(NEW) and "6e6e" not in repr(NEW)


def test_an_own_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = own_ring(tmp_path)
    assert own_ring(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_each_purpose_has_keys_of_its_own() -> None:
    assert len({*NEW.derived("button"), *NEW.derived("audit"), *NEW.derived("field"), *NEW.keys}) == 8


def test_a_sealed_text_opens_in_its_place_and_nowhere_else() -> None:
    sealer = Sealer(OLD)
    sealed = sealer.seal("私密 text", "dialogue:1")
    assert sealer.open(sealed, "dialogue:1") == "私密 text"
    assert b"text" not in sealed
    for place in ("dialogue:2", "", "dialogue:11"):
        with pytest.raises(CannotOpen):
            sealer.open(sealed, place)


def test_every_flipped_bit_of_a_sealed_text_is_noticed() -> None:
    sealer = Sealer(OLD)
    sealed = sealer.seal("words", "here")
    for at in range(len(sealed)):
        broken = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(CannotOpen):
            sealer.open(broken, "here")
    with pytest.raises(CannotOpen):
        sealer.open(b"", "here")


def test_what_an_older_key_sealed_a_newer_ring_opens_and_the_other_way_round_not() -> None:
    old = Sealer(OLD).seal("words", "here")
    assert Sealer(NEW).open(old, "here") == "words"
    with pytest.raises(CannotOpen):
        Sealer(OLD).open(Sealer(NEW).seal("words", "here"), "here")


def test_a_button_is_for_one_learner_and_as_it_was_made() -> None:
    signer = Signer(OLD)
    data = signer.sign(7, "a", 2**63 - 1, 99, 9)
    assert len(data.encode()) <= 64
    assert signer.verify(7, data) == ("a", 2**63 - 1, 99, 9)
    assert signer.verify(8, data) is None
    for at in range(len(data)):
        for bit in range(7):
            forged = data[:at] + chr(ord(data[at]) ^ (1 << bit)) + data[at + 1 :]
            assert signer.verify(7, forged) is None, forged


@pytest.mark.parametrize(
    "data",
    ["", "a", "a.1.2.3", "a.1.2.3.", "....", "\ud800.1.2.3.x", "a.1.2.3.é", "a.²." * 2 + "x", "a.1.2.3.x.y"],
)
def test_rubbish_verifies_as_nothing(data: str) -> None:
    assert Signer(OLD).verify(7, data) is None


def test_the_newest_key_signs_and_any_key_of_the_ring_verifies() -> None:
    before, after = Signer(OLD).sign(7, "a", 1, 0, 0), Signer(NEW).sign(7, "a", 1, 0, 0)
    assert before != after
    assert Signer(NEW).verify(7, before) == Signer(NEW).verify(7, after) == ("a", 1, 0, 0)
    assert Signer(OLD).verify(7, after) is None
