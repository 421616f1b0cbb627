"""Out: messages to record systems over MLLP, kept until each has its answer."""

from tabard.link.out.destination import Destination, TlsSettings, list_destinations, load_destination
from tabard.link.out.errors import Unsendable
from tabard.link.out.model import DestinationState, OutMessage, OutReason, OutState
from tabard.link.out.outbound import OUTBOX_FILE, Outbound

__all__ = [
    "OUTBOX_FILE",
    "Destination",
    "DestinationState",
    "OutMessage",
    "OutReason",
    "OutState",
    "Outbound",
    "TlsSettings",
    "Unsendable",
    "list_destinations",
    "load_destination",
]
