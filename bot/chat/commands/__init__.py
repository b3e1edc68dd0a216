"""One module a command or screen; each loads, decides, saves and answers."""
