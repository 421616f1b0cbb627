"""Egress: a product's calls to hosts outside the hospital: declared, approved, checked, bounded and audited, or refused."""

from tabard.gateway.egress.app import EgressApp
from tabard.gateway.egress.approvals import Approvals, Standing
from tabard.gateway.egress.calling import Bounds, Caller
from tabard.gateway.egress.settings import internal_hosts

__all__ = ["Approvals", "Bounds", "Caller", "EgressApp", "Standing", "internal_hosts"]
