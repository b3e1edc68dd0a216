"""The programs that are measured against each other; each is a process of its own."""
