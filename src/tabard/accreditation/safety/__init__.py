"""Safety cases: what a maker says of a product's safety as a whole, and the clinical safety officer's own word on it."""
