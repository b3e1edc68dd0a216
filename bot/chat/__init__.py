"""Talks: an update becomes a turn, a turn becomes replies."""
