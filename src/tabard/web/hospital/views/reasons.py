"""Reasons for which a message was not filed and remarks on those that were, in words for people."""

_WORDS = {
    "unreadable": "Could not be read",
    "unsupported_event": "Event not handled",
    "unknown_patient": "Patient not known",
    "ambiguous_patient": "Patient not certain",
    "no_patient_identifier": "No patient identifier",
    "no_visit_number": "No visit number",
    "too_large": "Too large",
    "unfinished_frame": "Ended in the middle",
    "wrong_version": "Another version of HL7 v2",
    "behind": "Behind an earlier message",
    "retry": "To be tried again",
    "stuck": "Tried too often",
    "ignored": "Of no matter here",
    "stale": "Told anew since",
    "rejected": "A person decided against it",
}


def reason_words(code: str) -> str:
    """`Patient not known` for `unknown_patient`; a code that is not known here is shown as words."""
    return _WORDS.get(code) or code.replace("_", " ").replace("-", " ").capitalize()


def flag_words(flag: str) -> str:
    """`PID-7: bad date` for `PID-7:bad-date`."""
    place, colon, code = flag.rpartition(":")
    return f"{place}{colon} {code.replace('_', ' ').replace('-', ' ')}".strip()


def sentence(text: str) -> str:
    """`Have it sent again.` for `have it sent again`: links, dialects and parsers each write in their own way."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "&", ")")) else ".") if text else ""
