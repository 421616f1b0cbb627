"""Bulk export: all that a backend service may see, written out as NDJSON in the background.

Source: FHIR Bulk Data Access 2.0.0, "Bulk Data Export Operation".
"""

from tabard.gateway.export.app import ExportApp, is_export
from tabard.gateway.export.exporting import Exporting
from tabard.gateway.export.jobs import Jobs
from tabard.gateway.export.model import Bulk, Scan

__all__ = ["Bulk", "ExportApp", "Exporting", "Jobs", "Scan", "is_export"]
