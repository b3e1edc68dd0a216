"""Draws: QR codes and cards to print with them, and pictures that are sent into a chat."""
