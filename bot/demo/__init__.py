"""The demo: a small Telegram, a page to type in and a clock that can be moved."""
