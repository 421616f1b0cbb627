"""Policy: what a request's rights let it see, as search parameters appended and as checks on every result."""

from tabard.gateway.policy.limit import Limit
from tabard.gateway.policy.limits import limit, require_scope, require_write_scope
from tabard.gateway.policy.memory import ReachMemory
from tabard.gateway.policy.narrowing import narrowed
from tabard.gateway.policy.reach import Reach
from tabard.gateway.policy.references import referenced
from tabard.gateway.policy.referrers import Shield
from tabard.gateway.policy.scoping import permits
from tabard.gateway.policy.shielding import reached
from tabard.gateway.policy.types import COMPARTMENT, SERVED, SURROUNDINGS

__all__ = [
    "COMPARTMENT",
    "SERVED",
    "SURROUNDINGS",
    "Limit",
    "Reach",
    "ReachMemory",
    "Shield",
    "limit",
    "narrowed",
    "permits",
    "reached",
    "referenced",
    "require_scope",
    "require_write_scope",
]
