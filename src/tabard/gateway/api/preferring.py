"""What a caller prefers: how much of a change it is answered, and whether what is not understood may be overlooked. Pure.

Source: RFC 7240; FHIR R4 3.1.0.1.9 (return), 3.1.1.1.1 (handling).
"""

from typing import NamedTuple

_RETURNS = {"minimal": "minimal", "representation": "representation", "operationoutcome": "OperationOutcome"}


class Preferred(NamedTuple):
    """`returning` is minimal, representation or OperationOutcome; `applied` is what the answer says was followed."""

    returning: str = "representation"
    applied: tuple[str, ...] = ()


def preferred(header: str | None) -> Preferred:
    """The preferences in a Prefer header. `handling=lenient` is not followed: nothing that is not understood is overlooked."""
    if header is None:
        return Preferred()
    returning, applied = "representation", []
    for each in header[:1000].split(","):
        name, _, value = each.partition(";")[0].strip().partition("=")
        told = value.strip().strip('"').lower()
        if name.strip().lower() == "return" and told in _RETURNS:
            returning = _RETURNS[told]
            applied.append(f"return={returning}")
        if name.strip().lower() == "handling" and told in {"strict", "lenient"}:
            applied.append("handling=strict")
    return Preferred(returning, tuple(dict.fromkeys(applied)))
