"""Files from outside, validated whole before a row is written."""
