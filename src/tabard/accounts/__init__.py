"""Accounts: who may sign in, their sessions, and how often signing in may be tried."""
