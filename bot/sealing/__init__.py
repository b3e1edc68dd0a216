"""Keys, button MACs and sealed fields."""
