"""Fraudwise: fraud awareness in chat, two minutes at a time."""

__version__ = "0.1.0"
