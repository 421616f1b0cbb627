"""A maker's claims, the evidence for them, and how each criterion stands."""

from tabard.accreditation.claims.attesting import Assessed, attestation
from tabard.accreditation.claims.ending import SOON, Ending, ending
from tabard.accreditation.claims.errors import BadClaims, BadEvidence, BadLedger
from tabard.accreditation.claims.evidence import OF_BYTES, OF_ORGANISATION, Evidence, EvidenceKind, must_end, must_say
from tabard.accreditation.claims.judgement import Judgement, Status
from tabard.accreditation.claims.judging import Standing, Waits, holding_up, standing_of, standings
from tabard.accreditation.claims.knowing import Known, basis_of, known_of
from tabard.accreditation.claims.ledger import (
    Entry,
    Ledger,
    add,
    fallen,
    plain_entry,
    read_ledger,
    serving,
    standing,
    supersede,
    withdraw,
)
from tabard.accreditation.claims.model import NO_CLAIMS, Claim, Claims, Ref, State
from tabard.accreditation.claims.naming import near_criteria
from tabard.accreditation.claims.proving import named_by, unproven, why_unproven
from tabard.accreditation.claims.reading import CLAIMS_NAME, claims_of, read_claims
from tabard.accreditation.claims.telling import Stood, counts, standings_document

__all__ = [
    "CLAIMS_NAME",
    "NO_CLAIMS",
    "OF_BYTES",
    "OF_ORGANISATION",
    "SOON",
    "Assessed",
    "BadClaims",
    "BadEvidence",
    "BadLedger",
    "Claim",
    "Claims",
    "Ending",
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
    "Stood",
    "Waits",
    "add",
    "attestation",
    "basis_of",
    "claims_of",
    "counts",
    "ending",
    "fallen",
    "holding_up",
    "known_of",
    "must_end",
    "must_say",
    "named_by",
    "near_criteria",
    "plain_entry",
    "read_claims",
    "read_ledger",
    "serving",
    "standing",
    "standing_of",
    "standings",
    "standings_document",
    "supersede",
    "unproven",
    "why_unproven",
    "withdraw",
]
