"""What a product says of itself."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a part is. An app is a web page launched with a context; a hook is a CDS service that the product's server answers."""

    app = "app"
    hook = "hook"


class Hook(StrEnum):
    """When a CDS service is asked. Source: the hooks published with CDS Hooks 2.0."""

    patient_view = "patient-view"
    order_select = "order-select"
    order_sign = "order-sign"
    appointment_book = "appointment-book"
    encounter_start = "encounter-start"
    encounter_discharge = "encounter-discharge"

    @property
    def context(self) -> "Context":
        """Within what its service may read: the visit where the hook is of one, else the patient."""
        return Context.encounter if self in (Hook.encounter_start, Hook.encounter_discharge) else Context.patient


class Context(StrEnum):
    """What an app is launched with."""

    patient = "patient"
    encounter = "encounter"
    ward = "ward"
    none = "none"


class Allow(StrEnum):
    """What a part's pages may do beyond the strictest policy; each loosens the policy of the product's origin."""

    data_images = "data-images"
    blob_images = "blob-images"
    inline_styles = "inline-styles"
    workers = "workers"
    wasm = "wasm"


@dataclass(frozen=True, slots=True)
class Service:
    """What a hook part says as a CDS service. `prefetch` are (key, query template), in order. Source: CDS Hooks 2.0, "Discovery"."""

    id: str
    hook: Hook
    description: str
    prefetch: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a product; `scopes` are SMART scopes.

    An app has `launch` and `start`, pages in the product's folder; a hook has none ("") and is a `service`.
    """

    kind: Kind
    title: str
    launch: str
    start: str
    context: Context
    scopes: tuple[str, ...]
    allows: tuple[Allow, ...] = ()
    service: Service | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """The product's own process, run as `python -m module` from the product's folder, and the most that it may take.

    `timeout_s` is how long one call may take, `start_s` how long it may take to answer for the first time; `processes`
    counts threads as well.
    """

    module: str
    memory_mb: int = 256
    processes: int = 32
    open_files: int = 256
    timeout_s: int = 5
    start_s: int = 20


@dataclass(frozen=True, slots=True)
class Outside:
    """A host outside the hospital that the product wishes to call through the gateway, by HTTPS: why, and with which data.

    `host` is its whole name in small letters, and with a colon its port where that is not 443.
    """

    host: str
    purpose: str
    data: tuple[str, ...]

    @property
    def place(self) -> tuple[str, int]:
        """Name and port."""
        name, _, port = self.host.partition(":")
        return name, int(port or 443)


@dataclass(frozen=True, slots=True)
class Component:
    """Somebody else's part inside the product: `licence` an SPDX expression, `files` its files in the product's folder."""

    name: str
    version: str
    licence: str
    purl: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SafetyOfficer:
    """The publisher's clinical safety officer: `register` is where they are registered (GMC, NMC, ...), with their number."""

    name: str
    register: str
    number: str


class DeviceClass(StrEnum):
    """What the maker says its product is as a medical device. Source: UK Medical Devices Regulations 2002, regulations 2 and 7."""

    none = "none"
    class_i = "class-i"
    class_iia = "class-iia"
    class_iib = "class-iib"
    class_iii = "class-iii"


class CareSetting(StrEnum):
    """Where a product is meant to be used."""

    administration = "administration"
    community = "community"
    outpatients = "outpatients"
    ward = "ward"
    emergency = "emergency"
    theatre = "theatre"
    critical_care = "critical-care"


class User(StrEnum):
    """Who sits in front of a product."""

    staff = "staff"
    patients = "patients"


@dataclass(frozen=True, slots=True)
class Declared:
    """What the maker declares of its product, that no file of it shows; `because` is why it is, or is no, medical device.

    It decides the product's class. Where a maker declares nothing the highest class holds.
    """

    device: DeviceClass
    because: str
    care: tuple[CareSetting, ...]
    users: tuple[User, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A product's `tabard.toml`, read and found whole.

    `publisher` is an ODS code, `licence` an SPDX expression, `hazards` the name of the hazard log in the product's folder.
    What only accreditation asks for may be unsaid ("" or None): `owed` tells what is. `leave_out` names files and
    folders (ending in `/`) that `build` does not take into the package.
    """

    id: str
    name: str
    version: str
    publisher: str
    parts: tuple[Part, ...]
    summary: str = ""
    licence: str = ""
    intended_use: str = ""
    hazards: str = "hazards.toml"
    safety_officer: SafetyOfficer | None = None
    components: tuple[Component, ...] = ()
    leave_out: tuple[str, ...] = ()
    server: Server | None = None
    outside: tuple[Outside, ...] = ()
    declared: Declared | None = None
