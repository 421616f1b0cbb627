"""Web: pages, rendered on the server. Each application has a room of its own; the rooms are strangers."""
