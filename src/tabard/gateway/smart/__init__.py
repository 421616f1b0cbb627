"""SMART App Launch: launch handles, codes, grants, tokens and the OAuth endpoints."""
