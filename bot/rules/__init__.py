"""Rules: plain functions on frozen dataclasses. No Telegram, SQL, files, clock or dice."""
