"""What a product's pages may do, and what it may touch, come from its manifest alone."""

from dataclasses import replace

import pytest

from tabard.product import Allow, Context, Manifest, policy_of, touches
from unit.product import made

GATEWAY = "http://localhost:8700"


def asking(*scopes: str, context: Context = Context.patient) -> Manifest:
    plain = made.manifest()
    return replace(plain, parts=(replace(plain.parts[0], scopes=scopes, context=context),))


def allowing(*allows: Allow) -> Manifest:
    plain = made.manifest()
    return replace(plain, parts=(replace(plain.parts[0], allows=allows), plain.parts[0]))


def test_nothing_is_allowed_that_is_not_asked_for() -> None:
    """Everything of its own origin, the gateway, and no more: no inline script, no eval, no other site, no frame, no worker."""
    assert policy_of(made.manifest(), GATEWAY) == {
        "default-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "script-src": "'self'",
        "worker-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "manifest-src": "'self'",
        "connect-src": f"'self' {GATEWAY}",
        "form-action": "'self'",
    }


@pytest.mark.parametrize(
    ("allow", "directive", "value"),
    [
        (Allow.data_images, "img-src", "'self' data:"),
        (Allow.blob_images, "img-src", "'self' blob:"),
        (Allow.inline_styles, "style-src", "'self' 'unsafe-inline'"),
        (Allow.workers, "worker-src", "'self'"),
        (Allow.wasm, "script-src", "'self' 'wasm-unsafe-eval'"),
    ],
)
def test_what_one_part_asks_for_changes_one_directive(allow: Allow, directive: str, value: str) -> None:
    """Each word loosens one thing."""
    strict = policy_of(made.manifest(), GATEWAY)
    assert policy_of(allowing(allow), GATEWAY) == {**strict, directive: value}


def test_a_policy_is_one_whatever_the_order() -> None:
    """Two words on one directive stand in one order."""
    one = policy_of(allowing(Allow.blob_images, Allow.data_images), GATEWAY)
    assert one == policy_of(allowing(Allow.data_images, Allow.blob_images), GATEWAY)
    assert one["img-src"] == "'self' data: blob:"


@pytest.mark.parametrize(
    ("scope", "context", "words", "is_personal"),
    [
        (
            "patient/Observation.rs",
            Context.patient,
            "Reads measurements and test results, such as blood pressure or a blood count, of the one patient it was opened for.",
            True,
        ),
        (
            "user/Encounter.rs",
            Context.ward,
            "Reads hospital visits: where, since when and under whom, of the patients who are now on the ward it was opened for.",
            True,
        ),
        (
            "user/Patient.rs",
            Context.none,
            "Reads names, birth dates, addresses and numbers, of every patient whom the person signed in may see.",
            True,
        ),
        (
            "patient/Patient.cruds",
            Context.none,
            "Reads, adds, changes and deletes names, birth dates, addresses and numbers, of the one patient it was opened for.",
            True,
        ),
        (
            "system/*.rs",
            Context.ward,
            "Reads everything that is recorded, of every patient whom the hospital may see.",
            True,
        ),
        ("user/Location.rs", Context.ward, "Reads wards, bays and beds: those of the ward it was opened for.", False),
        ("user/Practitioner.r", Context.none, "Reads names and numbers of staff: those of the whole hospital.", True),
        (
            "patient/Basic.rs",
            Context.encounter,
            "Reads information of the kind “Basic”, of the one visit it was opened for, and its patient.",
            True,
        ),
        ("launch", Context.ward, "Is told for whom or where it was opened.", False),
        ("fhirUser", Context.ward, "Is told who is signed in.", True),
        ("offline_access", Context.none, "Goes on reading after the person has signed out.", False),
        ("my-own", Context.none, "Asks for “my-own”.", False),
    ],
)
def test_what_it_may_touch_is_told_in_words(scope: str, context: Context, words: str, is_personal: bool) -> None:  # noqa: FBT001  a parameter of the table
    """Which information, of whom, and what is done with it: in words that need no standard at hand."""
    (touch,) = touches(asking(scope, context=context))
    assert (touch.scope, touch.words, touch.is_personal) == (scope, words, is_personal)


def test_a_touch_is_told_once() -> None:
    """Two parts that ask for the same in the same context are one line; in another context they are two."""
    plain = asking("launch", "user/Patient.rs")
    twice = replace(plain, parts=(*plain.parts, *plain.parts))
    assert touches(twice) == touches(plain)
    ward = replace(plain, parts=(*plain.parts, *asking("user/Patient.rs", context=Context.ward).parts))
    assert len(touches(ward)) == len(touches(plain)) + 1
