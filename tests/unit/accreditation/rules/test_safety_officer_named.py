"""safety-officer-named: the publisher's clinical safety officer, their register and number."""

import pytest

from unit.accreditation.tiny import failing, tiny

OFFICER = '[safety_officer]\nname = "Dr Ada Pretend"\nregister = "GMC"\nnumber = "9999001"\n'


def test_a_named_officer_passes() -> None:
    """The tiny product names one."""
    assert "safety-officer-named" not in failing(tiny())


@pytest.mark.parametrize(
    ("officer", "place"),
    [
        ("", "safety_officer"),
        (OFFICER.replace("GMC", "XYZ"), "safety_officer.register"),
        (OFFICER.replace("9999001", "pending"), "safety_officer.number"),
    ],
)
def test_an_officer_who_is_not_named_fails_this_rule_alone(officer: str, place: str) -> None:
    """Nobody, a register that is none, a number that is none: each at its key."""
    assert failing(tiny(manifest={OFFICER: officer})) == {"safety-officer-named": [f"fail tabard.toml {place}"]}
