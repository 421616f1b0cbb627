"""A function becomes a CDS service: discovered, asked with what was prefetched, its cards as the standard writes them."""

import pytest

from tabard_kit import BadCall, Card, Indicator, Link, Request, Services
from tabard_kit.testing import bundle, called


def _services() -> Services:
    of = Services()

    @of.hook("patient-view", id="count", title="Count", prefetch={"all": "Observation?patient={{context.patientId}}"})
    def count(request: Request) -> list[Card]:
        return [Card(f"{request.patient_id} has {len(request.resources('all'))}", "Kit")]

    return of


def test_a_service_is_discovered() -> None:
    """What discovery tells is what the function was said to be."""
    assert _services().discovery() == {
        "services": [
            {
                "id": "count",
                "hook": "patient-view",
                "title": "Count",
                "description": "Count",
                "prefetch": {"all": "Observation?patient={{context.patientId}}"},
            }
        ]
    }


def test_a_service_answers_with_cards() -> None:
    """It sees the patient and what was prefetched: a resource, a search's resources, or nothing."""
    of = _services()
    observation = {"resourceType": "Observation"}
    for given, number in ((bundle(observation, observation), 2), (observation, 1), (None, 0)):
        (card,) = called("count", {"all": given}, patient="p1", of=of)
        assert card == {"summary": f"p1 has {number}", "indicator": "info", "source": {"label": "Kit"}}


def test_an_id_is_of_one_service() -> None:
    """A second function under one id would take the first one's calls."""
    of = _services()
    with pytest.raises(ValueError, match="already"):
        of.hook("patient-view", id="count", title="Again")(lambda _: [])


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        {},
        {"hook": "patient-view"},
        {"hook": "patient-view", "hookInstance": "1", "context": 7},
        {"hook": "order-sign", "hookInstance": "1", "context": {}},
        {"hook": "patient-view", "hookInstance": "1", "context": {}, "prefetch": 7},
    ],
)
def test_what_is_no_call_is_refused(told: object) -> None:
    """Another hook, or JSON of another shape, reaches no function."""
    with pytest.raises(BadCall):
        _services().answer("count", told)


def test_a_call_without_a_patient_is_refused() -> None:
    """Whose it is, is never guessed."""
    told = {"hook": "patient-view", "hookInstance": "1", "context": {}}
    with pytest.raises(ValueError, match="no patient"):
        _services().answer("count", told)


@pytest.mark.parametrize("summary", ["", "x" * 140])
def test_a_summary_is_whole(summary: str) -> None:
    """Nobody cuts what a clinician reads."""
    with pytest.raises(ValueError, match="139"):
        Card(summary, "Kit")


def test_a_card_is_written_as_the_standard_says() -> None:
    """Indicator, source, detail and links have the standard's names."""
    card = Card("S", "Kit", Indicator.critical, "D", (Link("App", "https://a.example/launch", "smart"),))
    assert card.as_json() == {
        "summary": "S",
        "indicator": "critical",
        "source": {"label": "Kit"},
        "detail": "D",
        "links": [{"label": "App", "url": "https://a.example/launch", "type": "smart"}],
    }
