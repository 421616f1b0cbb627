"""The real probes: a Chromium that opens a package's pages."""

from tabard.accreditation.probing.ports import Probes, absent


def chromium() -> Probes:
    """Probes that look at pages in Chromium."""
    return absent()
