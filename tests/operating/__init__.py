"""Tests of what keeps an installation well."""
