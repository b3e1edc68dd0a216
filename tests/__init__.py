"""Everything that keeps Fraudwise true: `python3 -m tests`."""
