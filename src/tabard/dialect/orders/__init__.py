"""Orders: what was asked for."""
