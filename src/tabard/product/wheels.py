"""The wheels of a product's server: named by a lock with hashes, kept beside it, nothing else among them. Pure.

Source: PEP 427 (wheels), PEP 503 (names), pip's requirements file format with `--hash`.
"""

LOCK = "requirements.txt"
WHEELS = "wheels/"
