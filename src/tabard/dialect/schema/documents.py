"""Documents in a dialect."""
