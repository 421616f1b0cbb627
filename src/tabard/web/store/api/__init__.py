"""The store's API: submissions, and the assessors' side of cases by signed requests; JSON in, JSON out."""

from tabard.web.store.api.routes import routes

__all__ = ["routes"]
