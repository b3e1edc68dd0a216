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
        # Copied for each MAC: hmac.digest would let go of the GIL each time, and the event loop takes it
        # (0.19 ms until it was back under load, where the MAC itself takes 4 µs).
        self._begun = [hmac.new(key, digestmod=hashlib.sha256) for key in ring.derived("button")]

    def sign(self, learner_id: int, kind: str, row: int, number: int, choice: int) -> str:
        """`kind.row.number.choice.MAC`, at most 64 bytes."""
        body = f"{kind}.{row}.{number}.{choice}"
        return f"{body}.{self._mac(self._begun[0], learner_id, body)}"

    def verify(self, learner_id: int, callback_data: str) -> tuple[str, int, int, int] | None:
        """(kind, row, number, choice), or None for anything this learner was not given."""
        parts = callback_data.split(".")
        if len(parts) != 5 or not callback_data.isascii():
            return None
        body = ".".join(parts[:4])
        given = parts[4].encode()
        if not any(
            hmac.compare_digest(given, self._mac(begun, learner_id, body).encode()) for begun in self._begun
        ):
            return None
        return parts[0], int(parts[1]), int(parts[2]), int(parts[3])

    @staticmethod
    def _mac(begun: hmac.HMAC, learner_id: int, body: str) -> str:
        mac = begun.copy()
        mac.update(f"{learner_id}.{body}".encode())
        return base64.urlsafe_b64encode(mac.digest()[:MAC_BYTES]).decode()
