"""Sending: the one room from which messages leave: claim, limit, post, note the outcome."""
