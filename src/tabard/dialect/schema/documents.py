"""Documents in a dialect: what TXA says in codes, and what a document inside a message may be. Source: HL7 v2.4, chapter 9."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tabard.dialect.schema.base import CodeTable, Table

DocumentAct = Literal["original", "status", "addendum", "edit", "replacement", "cancel"]
Availability = Literal["current", "superseded", "entered-in-error"]
Completion = Literal["preliminary", "final", "amended", "entered-in-error"]
Bytes = Annotated[int, Meta(ge=1, le=100_000_000)]


class Documents(Table, frozen=True):
    """What a message about a document says in codes, and which documents inside messages are taken."""

    system: str
    """The identifier system of documents; `{}` in it is replaced by the application that numbered them."""
    triggers: dict[str, DocumentAct]
    """The trigger (MSH-9.2), such as `T02`, to what became of the document."""
    type: CodeTable
    """TXA-2, the kind of document."""
    availability: dict[str, Availability]
    """TXA-19 to DocumentReference.status."""
    completion: dict[str, Completion]
    """TXA-17 to DocumentReference.docStatus."""
    confidentiality: CodeTable
    """TXA-18 to a security label."""
    content_types: dict[str, str] = msgspec.field(default_factory=dict)
    """What a document inside a message is (the subtype in ED-3 or RP-4, else the type before it; small letters), as a MIME type."""
    largest_bytes: Bytes = 5_000_000
    """The largest document that is taken out of a message; of a larger one only its size is told, and a flag."""
