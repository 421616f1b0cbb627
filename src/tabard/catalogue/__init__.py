"""Catalogue: the signed list that sites fetch, written at the centre and verified at a site."""
