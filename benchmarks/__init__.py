"""How fast it is beside what somebody would use instead: `python -m benchmarks`."""
