"""Probes: they gather what only a running thing shows, and judge nothing."""
