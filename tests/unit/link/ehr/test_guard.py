"""The last guard finds what the rewriting might have missed, and takes no number for an id."""

import pytest

from tabard.link.ehr.guard import leaks, places_of
from unit.link.ehr.stand_in import BASE, TENANT

PLACES = places_of(BASE)


@pytest.mark.parametrize(
    "body",
    [
        '{"x":"12724001"}',
        '{"x":"Patient/12724001"}',
        '{"x":"urn:oid:1|12724001"}',
        '{"x":"CI-12724001-0"}',
        '{"x":"of patient 12724001, seen"}',
        '{"12724001":1}',
        '{"x":["a",{"y":"=12724001&z"}]}',
        f'{{"x":"{BASE}/Binary/1"}}',
        f'{{"x":"{BASE.upper()}"}}',
        f'{{"x":"a {TENANT.upper()} b"}}',
        f'{{"x":"{TENANT.replace("-", "%2D")}"}}',
    ],
)
def test_a_trace_is_found(body: str) -> None:
    """The tenant and its base anywhere, whatever the case; the id as a word of its own in any text or name."""
    assert leaks(body.encode(), PLACES, ["12724001"])


@pytest.mark.parametrize(
    "body", ['{"x":12724001}', '{"x":"112724001"}', '{"x":"127240012"}', '{"x":[12724001,{"y":"a"}]}']
)
def test_a_number_is_no_id(body: str) -> None:
    """A value that happens to have the digits is a value; a longer number is another one."""
    assert not leaks(body.encode(), PLACES, ["12724001"])


def test_a_tenant_that_is_a_common_word_is_sought_with_its_host_only() -> None:
    """A base that ends in r4 does not make every mention of R4 a trace."""
    places = places_of("https://fhir.hospital.example/r4")
    assert not leaks(b'{"x":"http://hl7.org/fhir/R4"}', places, [])
    assert leaks(b'{"x":"https://fhir.hospital.example/r4/Binary/1"}', places, [])
