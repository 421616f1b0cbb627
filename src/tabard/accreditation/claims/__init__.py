"""A maker's claims, the evidence for them, and how each criterion stands."""

from tabard.accreditation.claims.attesting import Assessed, attestation
from tabard.accreditation.claims.errors import BadClaims, BadEvidence, BadLedger
from tabard.accreditation.claims.evidence import Evidence, EvidenceKind
from tabard.accreditation.claims.judging import (
    Judgement,
    Known,
    Standing,
    Status,
    holding_up,
    standing_of,
    standings,
)
from tabard.accreditation.claims.ledger import (
    Entry,
    Ledger,
    add,
    plain_entry,
    read_ledger,
    serving,
    standing,
    supersede,
    withdraw,
)
from tabard.accreditation.claims.model import NO_CLAIMS, Claim, Claims, Ref, State
from tabard.accreditation.claims.reading import CLAIMS_NAME, claims_of, read_claims

__all__ = [
    "CLAIMS_NAME",
    "NO_CLAIMS",
    "Assessed",
    "BadClaims",
    "BadEvidence",
    "BadLedger",
    "Claim",
    "Claims",
    "Entry",
    "Evidence",
    "EvidenceKind",
    "Judgement",
    "Known",
    "Ledger",
    "Ref",
    "Standing",
    "State",
    "Status",
    "add",
    "attestation",
    "claims_of",
    "holding_up",
    "plain_entry",
    "read_claims",
    "read_ledger",
    "serving",
    "standing",
    "standing_of",
    "standings",
    "supersede",
    "withdraw",
]
