"""Accounts: who may sign in, their sessions, and how often signing in may be tried."""

from tabard.accounts.accounts import Accounts
from tabard.accounts.errors import TooManyTries
from tabard.accounts.model import Account
from tabard.accounts.passwords import STANDARD, Cost, random_password
from tabard.accounts.seals import Seals
from tabard.accounts.sessions import Session, Sessions
from tabard.accounts.tables import METADATA
from tabard.accounts.throttle import Throttle
from tabard.accounts.vouched import Voucher

__all__ = [
    "METADATA",
    "STANDARD",
    "Account",
    "Accounts",
    "Cost",
    "Seals",
    "Session",
    "Sessions",
    "Throttle",
    "TooManyTries",
    "Voucher",
    "random_password",
]
