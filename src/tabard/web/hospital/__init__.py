"""The hospital's portal: its pages, its products' origins, and which of them answers a request."""

from tabard.web.hospital.app import pages
from tabard.web.hospital.hosts import site
from tabard.web.hospital.metrics import PATH as METRICS, metrics
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.ports import Journal, Launcher, Links, Records
from tabard.web.hospital.product_files import product_files

__all__ = ["METRICS", "Journal", "Launcher", "Links", "Portal", "Records", "metrics", "pages", "product_files", "site"]
