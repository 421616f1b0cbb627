"""The one place that names what is real: a hospital or a store served from its folder."""

from tabard.wiring.hospital import Running, running, serve_hospital
from tabard.wiring.launching import launch_address
from tabard.wiring.links import applier_of, dialects_of, doubts_in, ehr_of
from tabard.wiring.store import serve_store, store_app

__all__ = [
    "Running",
    "applier_of",
    "dialects_of",
    "doubts_in",
    "ehr_of",
    "launch_address",
    "running",
    "serve_hospital",
    "serve_store",
    "store_app",
]
