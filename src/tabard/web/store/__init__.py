"""The store's pages: products for everybody, submitting for makers, the queue and signing for assessors."""

from tabard.web.store.app import site
from tabard.web.store.counter import Counter

__all__ = ["Counter", "site"]
