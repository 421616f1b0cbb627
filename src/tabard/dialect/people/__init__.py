"""People: who the message is about, by which numbers, and the people and practices around them."""
