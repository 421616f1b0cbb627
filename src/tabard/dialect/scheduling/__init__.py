"""Scheduling: appointments, when they are, and what is booked for them."""
