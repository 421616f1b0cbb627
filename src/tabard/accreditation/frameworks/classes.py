"""The class of a product, 0 to 3: how much is asked of it, how many judge it, and in which roles.

The highest class that any reason gives holds. What the maker does not declare counts as the worst that it may be.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from tabard.accreditation.frameworks.model import Trait
from tabard.decision import NEEDED, Role
from tabard.fhir.scopes import ANY_TYPE, ResourceScope, parse
from tabard.product import CareSetting, Context, Declared, DeviceClass, Hook, Kind, Manifest, User


class ProductClass(IntEnum):
    """0: touches nobody's data. 1: shows it. 2: changes it, advises, or is used where minutes count. 3: all that is graver."""

    touches_nobody = 0
    shows = 1
    acts = 2
    decides = 3


@dataclass(frozen=True, slots=True)
class Classed:
    """A class, the reasons that give it (those of lower classes after them), and what the product has and does."""

    value: ProductClass
    because: tuple[str, ...]
    traits: frozenset[Trait]

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that must have judged it, each a person of their own."""
        return NEEDED[self.value]


_NOT_OF_PATIENTS = frozenset({"Location", "Organization", "Practitioner", "PractitionerRole", "HealthcareService"})
_WHO_IS_WHO = frozenset({"Patient", "Person", "Linkage", "RelatedPerson", ANY_TYPE})
_ORDERS = frozenset(
    {"MedicationRequest", "MedicationAdministration", "ServiceRequest", "CarePlan", "AllergyIntolerance"}
)
_WRITING = "cud"
_MINUTES_COUNT = frozenset({CareSetting.emergency, CareSetting.theatre, CareSetting.critical_care})
_OF_DEVICES = {
    DeviceClass.class_i: (ProductClass.acts, "it is a medical device of class I"),
    DeviceClass.class_iia: (ProductClass.decides, "it is a medical device of class IIa"),
    DeviceClass.class_iib: (ProductClass.decides, "it is a medical device of class IIb"),
    DeviceClass.class_iii: (ProductClass.decides, "it is a medical device of class III"),
}
_OF_HOOKS = {Hook.order_select: ProductClass.decides, Hook.order_sign: ProductClass.decides}
_Reason = tuple[ProductClass, str]


def product_class(manifest: Manifest) -> Classed:
    """The class of the product that says this of itself, with each reason in words."""
    reasons = [*_of_scopes(_scopes(manifest)), *_of_parts(manifest), *_of_declared(manifest.declared)]
    return _classed(reasons, traits_of(manifest))


def dialect_class(*, decides_identity: bool) -> Classed:
    """The class of a dialect: never below 2, since what it reads wrongly is wrong in every product.

    `decides_identity` where it, or any rule, says which patient a message is about, or merges two.
    """
    reasons = [(ProductClass.acts, "it says what every message means, for every product at once")]
    if decides_identity:
        reasons.append((ProductClass.decides, "it decides which patient a message is about, or merges two of them"))
    return _classed(reasons, frozenset({Trait.patient_data, Trait.writes}))


def traits_of(manifest: Manifest) -> frozenset[Trait]:
    """What the product has and does; what is not declared counts as so."""
    scopes, declared = _scopes(manifest), manifest.declared
    found = {
        Trait.patient_data: any(_is_of_patients(one) for one in scopes),
        Trait.writes: any(_writes(one) for one in scopes),
        Trait.pages: any(part.kind is Kind.app for part in manifest.parts),
        Trait.server: manifest.server is not None,
        Trait.advises: any(part.service for part in manifest.parts),
        Trait.outside: bool(manifest.outside),
        Trait.components: bool(manifest.components),
        Trait.device: declared is None or declared.device is not DeviceClass.none,
        Trait.patients_use: declared is None or User.patients in declared.users,
    }
    return frozenset(trait for trait, is_so in found.items() if is_so)


def _classed(reasons: list[_Reason], traits: frozenset[Trait]) -> Classed:
    given = sorted(reasons, key=lambda one: -one[0])
    if not given:
        return Classed(ProductClass.touches_nobody, ("it reads and writes nothing about patients",), traits)
    return Classed(given[0][0], tuple(dict.fromkeys(words for _, words in given)), traits)


def _of_scopes(scopes: tuple[ResourceScope, ...]) -> Iterator[_Reason]:
    for one in scopes:
        if _writes(one) and one.type in _WHO_IS_WHO:
            yield ProductClass.decides, f"it writes who a patient is ({one.type})"
        elif _writes(one) and one.type in _ORDERS:
            yield ProductClass.decides, f"it writes what others act upon at once ({one.type})"
        elif _writes(one):
            yield ProductClass.acts, f"it writes to the record ({one.type})"
        if _is_of_patients(one):
            yield ProductClass.shows, "it reads what is recorded of patients"


def _of_parts(manifest: Manifest) -> Iterator[_Reason]:
    for service in (part.service for part in manifest.parts if part.service):
        told = f"it advises at the hook {service.hook}"
        yield _OF_HOOKS.get(service.hook, ProductClass.acts), told
    if any(part.context is Context.none for part in manifest.parts) and Trait.patient_data in traits_of(manifest):
        yield (
            ProductClass.acts,
            "it is opened for no one patient or place, and reads of every patient that its user may see",
        )
    for one in manifest.outside:
        yield ProductClass.acts, f"it calls {one.host} outside the hospital"


def _of_declared(declared: Declared | None) -> Iterator[_Reason]:
    if declared is None:
        yield ProductClass.decides, "its maker does not declare what it is as a medical device, nor where it is used"
        return
    if declared.device in _OF_DEVICES:
        yield _OF_DEVICES[declared.device]
    for care in declared.care:
        if care in _MINUTES_COUNT:
            yield ProductClass.acts, f"it is used where minutes count ({care})"
    if User.patients in declared.users:
        yield ProductClass.acts, "patients use it themselves"


def _scopes(manifest: Manifest) -> tuple[ResourceScope, ...]:
    return tuple(one for part in manifest.parts for scope in part.scopes for one in parse(scope).resources)


def _writes(scope: ResourceScope) -> bool:
    return any(letter in scope.letters for letter in _WRITING)


def _is_of_patients(scope: ResourceScope) -> bool:
    return scope.type not in _NOT_OF_PATIENTS
