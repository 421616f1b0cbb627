"""Hazard logs: how they are read, rated and told."""
