"""The table that a dialect is: from its file, checked, known by a digest, and told apart from another."""
