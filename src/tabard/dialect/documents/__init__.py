"""Documents: what a document says of itself, and its content."""
