"""Appointments in a dialect."""
