"""Metrics and traces: counts, ages and times; never a word of a message."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families

from edge.intake.peers import SURNAME, CountingApplier, message, served
from tabard.ground.time import system_clock
from tabard.journal import Mark, Outcome, State, Waiting
from tabard.link import metrics_text, start_tracing, tracing
from tabard.link.measures import BOUNDS_S, Measures

GIVEN = (SURNAME.decode(), "GIVEN", "M000001", "19500101", "ROAD", "AB1 2CD")


class Parks(CountingApplier):
    """Parks every second message."""

    def apply(self, messages: Sequence[Waiting]) -> Sequence[Mark]:
        """Applied, parked, applied, ..."""
        parked = Outcome(State.parked, "unknown_patient", "nobody has this number", "admit first")
        return [Mark(one.seq, parked if one.seq % 2 else Outcome(State.applied), system_clock()) for one in messages]


def values(text: bytes) -> dict[tuple[str, tuple[str, ...]], float]:
    """Each sample by its name and labels."""
    families = text_string_to_metric_families(text.decode())
    return {(one.name, tuple(sorted(one.labels.values()))): one.value for family in families for one in family.samples}


def test_links_are_measured_and_patients_are_not(tmp_path: Path) -> None:
    """What came, where it is, why it is parked, what was not taken, how old and how fast: all is told, and no word of a message."""
    with served(tmp_path, applier=Parks()) as running:
        peer = running.peer()
        for number in range(4):
            peer.ask(message(f"C{number}"))
        peer.ask(b"MHS|^~\\&|" + SURNAME)
        peer.send(SURNAME)
        peer.ask(message("last"))
        running.links._applying.stop()
        running.in_loop(lambda: None)
        text = metrics_text(running.links)
    told = values(text)
    assert told["tabard_messages_received_total", ("lorenzo",)] == 7
    assert told["tabard_messages", ("lorenzo", "refused")] == 1
    assert told["tabard_messages_not_taken_total", ("lorenzo", "unreadable")] == 1
    assert told["tabard_framing_faults_total", ("lorenzo",)] == 1
    assert told["tabard_feed_connections", ("lorenzo",)] == 1
    assert told["tabard_journal_commit_seconds_count", ()] >= 6
    assert told["tabard_feed_silent", ("lorenzo",)] == 0
    assert ("tabard_messages_parked", ("lorenzo", "unknown_patient")) in told
    assert not [word for word in GIVEN if word in text.decode()]


def test_commit_times_fall_into_their_buckets() -> None:
    """Each time counts in the first bucket whose bound it does not exceed, and beyond the last in the one without bound."""
    measures = Measures()
    for took_s in (0.0, BOUNDS_S[0], BOUNDS_S[-1], BOUNDS_S[-1] + 1):
        measures.committed(took_s)
    assert (measures.commits[0], measures.commits[-2], measures.commits[-1]) == (2, 1, 1)


def test_spans_tell_numbers_and_the_kind_of_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commits and batches are traced with how many they were; of a failure only its kind, since its text may quote a patient."""
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("test"))
    with served(tmp_path) as running:
        running.peer().ask(message("a"))
    with pytest.raises(ValueError, match=SURNAME.decode()), tracing.applying(3):
        raise ValueError(SURNAME.decode())
    spans = kept.get_finished_spans()
    assert {span.name for span in spans} == {"journal commit", "apply"}
    assert spans[-1].status.status_code is trace.StatusCode.ERROR
    assert spans[-1].status.description == "ValueError"
    text = "".join(span.to_json() for span in spans)
    assert not [word for word in (*GIVEN, "C1") if word in text]


def test_nothing_is_sent_unless_the_environment_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the standard variables, or with tracing switched off by them, no exporter is made."""
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER"):
        monkeypatch.delenv(name, raising=False)
    assert not start_tracing()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318")
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    assert not start_tracing()
    monkeypatch.delenv("OTEL_SDK_DISABLED")
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "none")
    assert not start_tracing()


def test_what_the_environment_asks_for_is_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an endpoint named, spans go to a provider of the real kind."""
    made: list[object] = []
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318")
    monkeypatch.setattr(trace, "set_tracer_provider", made.append)
    assert start_tracing()
    (provider,) = made
    assert isinstance(provider, TracerProvider)
    provider.shutdown()
