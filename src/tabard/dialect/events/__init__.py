"""Events: what each kind of event needs of a message, and which of the rooms tell of it."""
