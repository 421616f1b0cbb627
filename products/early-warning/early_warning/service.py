"""The service: the score of the newest observations as one card, with what it rests on and what is missing."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from tabard_kit import Card, Indicator, Request, Services

from early_warning.news2 import Risk, Score, score
from early_warning.signs import Measured, measured

_SOURCE = "NEWS2 (Royal College of Physicians, 2017)"
_ADULT = 16
_UK = ZoneInfo("Europe/London")
_ASKS = {
    Risk.low: "low: ward-based response",
    Risk.low_medium: "low to medium: urgent ward-based response, as one sign alone scores 3",
    Risk.medium: "medium: key threshold for urgent response",
    Risk.high: "high: urgent or emergency response",
}
_INDICATORS = {
    Risk.low: Indicator.info,
    Risk.low_medium: Indicator.warning,
    Risk.medium: Indicator.warning,
    Risk.high: Indicator.critical,
}
services = Services()


@services.hook("patient-view", id="news2", title="Early warning score (NEWS2)")
def news2(request: Request) -> list[Card]:
    """The score of the newest set of observations, or why there is none."""
    return [answered(request, lambda: datetime.now(UTC))]


def answered(request: Request, clock: Callable[[], datetime]) -> Card:
    """The card at a moment. Raises ValueError where what was read is not of the patient who was opened."""
    patients = request.resources("patient")
    if [one.get("id") for one in patients] != [request.patient_id]:
        return Card("NEWS2 not worked out: who the patient is was not read", _SOURCE, Indicator.warning)
    if (years := _age(str(patients[0].get("birthDate", "")), clock())) is None or years < _ADULT:
        told = "an age under 16" if years is not None else "an unknown birth date"
        return Card(f"NEWS2 not worked out: it is for adults, and this patient has {told}", _SOURCE)
    observations = [one for one in request.resources("vitals") if one.get("resourceType") == "Observation"]
    found = measured(observations, request.patient_id)
    if found is None:
        return Card("NEWS2 not worked out: no vital signs are known here", _SOURCE)
    return _card(found, score(found.signs))


def _card(found: Measured, told: Score) -> Card:
    when = _told(found.newest)
    if told.is_whole:
        summary = f"NEWS2 {told.total}, measured {when}"
        indicator = _INDICATORS[told.risk]
    else:
        count = len(told.missing)
        least = "not whole" if count == len(told.points) else f"at least {told.total}"
        summary = f"NEWS2 {least}: {count} of 7 signs not recorded, newest measured {when}"
        indicator = max(_INDICATORS[told.risk], Indicator.warning, key=list(Indicator).index)
    return Card(summary, _SOURCE, indicator, _detail(found, told))


def _detail(found: Measured, told: Score) -> str:
    lines = [f"- {name}: {'**not recorded**' if points is None else points}" for name, points in told.points]
    risk = _ASKS[told.risk]
    words = (
        f"Clinical risk {risk}."
        if told.is_whole
        else f"Not a whole score. Of what is recorded, clinical risk is at least {risk}."
    )
    span = f"Measured between {_told(found.oldest)} and {_told(found.newest)}. Oxygen saturation is scored on scale 1."
    doubt = (
        [f"{found.skipped} recorded values could not be believed and count as not recorded."] if found.skipped else []
    )
    return "\n".join(
        (words, "", *lines, "", span, *doubt, "Not for pregnant women. Look at the patient and the chart.")
    )


def _age(birth: str, now: datetime) -> int | None:
    try:
        born = date.fromisoformat(birth)
    except ValueError:
        return None
    today = now.astimezone(_UK).date()
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return years if years >= 0 else None


def _told(moment: datetime) -> str:
    return moment.astimezone(_UK).strftime("%d-%b-%Y %H:%M")
