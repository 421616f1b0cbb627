"""Strategies for FHIR R4: JSON values as FHIR has them, and Patients and Encounters with every searchable element."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tabard.fhir import Resource

SYSTEMS = ("https://fhir.nhs.uk/Id/nhs-number", "urn:example:mrn", "")
ids = st.from_regex(r"[A-Za-z0-9\-.]{1,12}", fullmatch=True)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
words = st.one_of(
    st.sampled_from(["Smith", "smith", "O'Brien", "O\u2019BRIEN", "Łukasz", "Lukasz", "Åsa", "van der Berg", "a,b|c\\d$e", "' OR 1=1 --", "%", "_"]),
    texts,
)  # fmt: skip
decimals = st.decimals(allow_nan=False, allow_infinity=False).map(
    lambda value: value if "." in str(value) or "E" in str(value) else value.quantize(Decimal("0.0")) if abs(value) < 10**20 else Decimal(f"{value}.0")
)  # fmt: skip


def json_values() -> st.SearchStrategy[Any]:
    """Anything that FHIR JSON can hold; numbers with a point are decimals."""
    leaves = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | decimals | texts
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))


def json_objects() -> st.SearchStrategy[Resource]:
    """A JSON object of such values."""
    return st.dictionaries(texts, json_values(), max_size=5)


def _present(**elements: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Each element there or not."""
    return st.fixed_dictionaries({}, optional=elements)


@st.composite
def dates(draw: st.DrawFn) -> str:
    """A FHIR dateTime of any precision."""
    day = (date(1930, 1, 1) + timedelta(days=draw(st.integers(0, 36_000)))).isoformat()
    precise = draw(st.sampled_from([4, 7, 10, 19, 23]))
    if precise <= 10:
        return day[:precise]
    clock = draw(st.times())
    zone = draw(st.sampled_from(["Z", "+00:00", "+01:00", "-05:30"]))
    return f"{day}T{clock.isoformat(timespec='milliseconds')}"[:precise] + zone


def identifiers() -> st.SearchStrategy[dict[str, Any]]:
    """An Identifier, with or without system."""
    return st.builds(
        lambda system, value: {"system": system, "value": value} if system else {"value": value},
        st.sampled_from(SYSTEMS),
        words,
    )


def periods() -> st.SearchStrategy[dict[str, str]]:
    """A Period, open or closed, perhaps ending before it starts."""
    return _present(start=dates(), end=dates())


def references(resource_type: str) -> st.SearchStrategy[dict[str, str]]:
    """A Reference to one of few resources of a type."""
    return st.sampled_from("abc").map(lambda each: {"reference": f"{resource_type}/{each}"})


def patients(some_id: st.SearchStrategy[str] = ids) -> st.SearchStrategy[Resource]:
    """A Patient."""
    name = _present(
        family=words,
        given=st.lists(words, max_size=2),
        prefix=st.lists(words, max_size=1),
        text=words,
        use=st.just("usual"),
    )
    return st.builds(
        lambda found, rest: {"resourceType": "Patient", "id": found, **rest},
        some_id,
        _present(
            identifier=st.lists(identifiers(), max_size=2),
            active=st.booleans(),
            name=st.lists(name, max_size=2),
            gender=st.sampled_from(["male", "female", "other", "unknown"]),
            birthDate=dates().map(lambda each: each[:10]),
            address=st.lists(_present(postalCode=words), max_size=1),
            generalPractitioner=st.lists(references("Organization"), max_size=1),
        ),
    )


def encounters(some_id: st.SearchStrategy[str] = ids) -> st.SearchStrategy[Resource]:
    """An Encounter."""
    status = st.sampled_from(["in-progress", "finished", "cancelled"])
    location = st.fixed_dictionaries({"location": references("Location")}, optional={"period": periods()})
    individual = st.one_of(references("Practitioner"), references("RelatedPerson"))
    return st.builds(
        lambda found, state, rest: {"resourceType": "Encounter", "id": found, "status": state, **rest},
        some_id,
        status,
        _present(
            identifier=st.lists(identifiers(), max_size=2),
            subject=st.one_of(references("Patient"), references("Group")),
            period=periods(),
            location=st.lists(location, max_size=3),
            participant=st.lists(st.fixed_dictionaries({"individual": individual}), max_size=2),
            serviceProvider=references("Organization"),
        ),
    )
