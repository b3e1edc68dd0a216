"""One module a migration, numbered; each tells how to come from the one before, never back."""
