"""licence-allowed: every licence is on the list, by its SPDX id, through AND, OR and WITH."""

import pytest

from unit.accreditation.tiny import failing, got_of, tiny


@pytest.mark.parametrize(
    "licence",
    [
        "MIT",
        "MIT OR BUSL-1.1",
        "Apache-2.0 AND (MIT OR BUSL-1.1)",
        "GPL-2.0-only WITH Classpath-exception-2.0",
        "OGL-UK-3.0",
    ],
)
def test_licences_of_the_list_pass(licence: str) -> None:
    """Of what OR joins one is enough, and WITH adds what is listed."""
    assert failing(tiny(manifest={'licence = "MIT"': f'licence = "{licence}"'})) == {}


@pytest.mark.parametrize(
    ("licence", "named"),
    [
        ("BUSL-1.1", "BUSL-1.1"),
        ("MIT AND BUSL-1.1", "BUSL-1.1"),
        ("BUSL-1.1 OR SSPL-1.0", "BUSL-1.1"),
        ("MIT WITH Universal-FOSS-exception-1.0", "Universal-FOSS-exception-1.0"),
        ("Classpath-exception-2.0", "Classpath-exception-2.0"),
        ("CC-BY-NC-4.0", "CC-BY-NC-4.0"),
        ("Proprietary", "no expression of SPDX ids"),
        ("LicenseRef-ours", "no expression of SPDX ids"),
    ],
)
def test_another_licence_fails_this_rule_alone(licence: str, named: str) -> None:
    """The finding names the part of the expression that is not on the list."""
    spoilt = tiny(manifest={'licence = "MIT"': f'licence = "{licence}"'})
    assert failing(spoilt) == {"licence-allowed": ["fail tabard.toml licence"]}
    assert named in got_of(spoilt, "licence-allowed")


def test_a_component_s_licence_counts_too() -> None:
    """A product is no freer than its parts."""
    spoilt = tiny(manifest={'licence = "Apache-2.0"': 'licence = "SSPL-1.0"'})
    assert failing(spoilt) == {"licence-allowed": ["fail tabard.toml component[0].licence"]}


def test_a_product_without_a_licence_fails() -> None:
    """Nothing said is nothing allowed."""
    assert failing(tiny(manifest={'licence = "MIT"\n': ""})) == {"licence-allowed": ["fail tabard.toml licence"]}
