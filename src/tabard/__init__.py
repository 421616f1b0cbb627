"""Tabard: an open toolkit and app store for hospital software."""
