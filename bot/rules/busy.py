"""The database cannot take anything just now."""

from datetime import timedelta


class Busy(Exception):
    """Nothing was saved; the same update may be handed in again after `retry_after`."""

    retry_after = timedelta(seconds=2)
