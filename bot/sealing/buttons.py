"""The MAC on a button: only the person it was made for can use it, and only as it was made."""

import base64
import hashlib
import hmac

from bot.sealing.keys import Ring

MAC_BYTES = 12
"""96 bits: beyond guessing at any rate Telegram carries, and 16 letters of the 64 bytes."""


class Signer:
    """Signs button data for one learner and verifies it under any key of the ring."""

    def __init__(self, ring: Ring) -> None:
        self._keys = ring.derived("button")

    def sign(self, learner_id: int, kind: str, row: int, number: int, choice: int) -> str:
        """`kind.row.number.choice.MAC`, at most 64 bytes."""
        body = f"{kind}.{row}.{number}.{choice}"
        return f"{body}.{self._mac(self._keys[0], learner_id, body)}"

    def verify(self, learner_id: int, callback_data: str) -> tuple[str, int, int, int] | None:
        """(kind, row, number, choice), or None for anything this learner was not given."""
        parts = callback_data.split(".")
        if len(parts) != 5 or not callback_data.isascii():
            return None
        body = ".".join(parts[:4])
        given = parts[4].encode()
        if not any(
            hmac.compare_digest(given, self._mac(key, learner_id, body).encode()) for key in self._keys
        ):
            return None
        return parts[0], int(parts[1]), int(parts[2]), int(parts[3])

    @staticmethod
    def _mac(key: bytes, learner_id: int, body: str) -> str:
        mac = hmac.digest(key, f"{learner_id}.{body}".encode(), hashlib.sha256)[:MAC_BYTES]
        return base64.urlsafe_b64encode(mac).decode()
