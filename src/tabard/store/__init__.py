"""Store: the central service. Publishers, submissions, cases, listings."""
