"""Wakes: ticks in every replica that put owed rows into the outbox."""
