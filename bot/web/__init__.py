"""The web: Telegram's webhook, and how the service is."""
