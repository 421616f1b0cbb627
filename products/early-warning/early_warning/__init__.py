"""Early warning: NEWS2 of the last observations, when a patient is opened."""

from early_warning.service import services

__all__ = ["services"]
