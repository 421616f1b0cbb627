"""Visits: one visit as a message tells it, and where the patient of it is."""
