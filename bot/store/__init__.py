"""What is remembered: tables, one module a noun, and the one thread that writes."""
