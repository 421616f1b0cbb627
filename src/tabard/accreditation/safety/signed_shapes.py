"""What the statements that a clinical safety officer signs have in common, as they are written: subjects, and who signs.

Source: in-toto Attestation Framework, Statement v1.
"""

import msgspec


class Digest(msgspec.Struct, forbid_unknown_fields=True):
    """The digest of a file, in hexadecimal."""

    sha256: str


class Subject(msgspec.Struct, forbid_unknown_fields=True):
    """A file that the statement is about."""

    name: str
    digest: Digest


class Officer(msgspec.Struct, forbid_unknown_fields=True):
    """The officer, their registration, and their public key as PEM."""

    name: str
    register: str
    number: str
    publicKey: str  # noqa: N815  as the statement names it
