"""Draws: QR codes, and cards to print with them."""
