"""A pretend hospital: its codes, wards, beds, consultants and the practices around it."""

from dataclasses import dataclass

from tabard.sandbox.errors import Inconsistent


@dataclass(frozen=True, slots=True)
class Clinician:
    """A doctor with a national code: `C` and seven digits for a consultant, `G` and seven for a GP."""

    code: str
    family: str
    given: str
    title: str = "Dr"


@dataclass(frozen=True, slots=True)
class Practice:
    """A pretend GP practice with one GP."""

    code: str
    name: str
    gp: Clinician


@dataclass(frozen=True, slots=True)
class Place:
    """A bed on a ward, by their codes."""

    ward: str
    bed: str

    def __str__(self) -> str:
        return f"{self.ward} {self.bed}"


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward; `specialty` is a treatment function code, `ages` the youngest and oldest in years whom it takes."""

    code: str
    specialty: str
    beds: tuple[str, ...]
    consultants: tuple[Clinician, ...]
    ages: tuple[int, int] = (18, 99)

    def places(self) -> tuple[Place, ...]:
        """Every bed of the ward."""
        return tuple(Place(self.code, bed) for bed in self.beds)


@dataclass(frozen=True, slots=True)
class Layout:
    """A hospital; `ods` is its trust's code (3 characters) and `site` the site's (5)."""

    name: str
    ods: str
    site: str
    wards: tuple[Ward, ...]
    practices: tuple[Practice, ...]

    def ward(self, code: str) -> Ward:
        """The ward of that code. Raises Inconsistent when there is none."""
        for ward in self.wards:
            if ward.code == code:
                return ward
        raise Inconsistent(
            "the pretend hospital has no such ward", expected=", ".join(ward.code for ward in self.wards), got=code
        )


def _beds(bays: str, per_bay: int, side_rooms: int) -> tuple[str, ...]:
    in_bays = tuple(f"{bay}{number}" for bay in bays for number in range(1, per_bay + 1))
    return in_bays + tuple(f"SR{number}" for number in range(1, side_rooms + 1))


_SOUND = (
    Clinician("C9999101", "Okonjo", "Adaeze"),
    Clinician("C9999102", "Whitlock", "Graham"),
)
_ELDER = (Clinician("C9999103", "Mistry", "Jaya"), Clinician("C9999104", "Penhaligon", "Ruth"))
_LUNGS = (Clinician("C9999105", "Carmichael", "Ewan"), Clinician("C9999106", "Siddiqui", "Nadia"))
_KNIFE = (
    Clinician("C9999107", "Thorne", "Helena", "Miss"),
    Clinician("C9999108", "Bankole", "Femi", "Mr"),
)
_BONES = (Clinician("C9999109", "Lindqvist", "Per", "Mr"), Clinician("C9999110", "Rees", "Catrin", "Miss"))
_CHILD = (Clinician("C9999111", "Achterberg", "Lotte"), Clinician("C9999112", "Farrow", "Simon"))


def st_elsewhere() -> Layout:
    """St Elsewhere's. Its codes are pretend: no trust is `RZZ`, no practice begins with `Z`."""
    return Layout(
        name="St Elsewhere's Hospital",
        ods="RZZ",
        site="RZZ01",
        wards=(
            Ward("AMU", "300", _beds("ABC", 6, 2), _SOUND),
            Ward("Fern", "430", _beds("ABCD", 4, 2), _ELDER, ages=(70, 99)),
            Ward("Kestrel", "340", _beds("ABC", 4, 4), _LUNGS),
            Ward("Rowan", "100", _beds("ABCD", 4, 2), _KNIFE),
            Ward("Harbour", "110", _beds("ABC", 6, 1), _BONES, ages=(35, 99)),
            Ward("Lark", "420", _beds("AB", 4, 4), _CHILD, ages=(0, 16)),
        ),
        practices=(
            Practice("Z99001", "LARKSPUR SURGERY", Clinician("G9999201", "Duxbury", "Helen")),
            Practice("Z99002", "THE OLD FOUNDRY MEDICAL CENTRE", Clinician("G9999202", "Rahman", "Salma")),
            Practice("Z99003", "NETHER WENDING PRACTICE", Clinician("G9999203", "Griffiths", "Aled")),
            Practice("Z99004", "MARLOCK QUAY HEALTH CENTRE", Clinician("G9999204", "Eze", "Obinna")),
        ),
    )


_HEART = (Clinician("C9888101", "Tremlett", "Isobel"), Clinician("C9888102", "Odukoya", "Tayo"))
_AGEING = (Clinician("C9888103", "Venkatesan", "Lakshmi"), Clinician("C9888104", "Brocklebank", "Miles"))
_FRONT = (Clinician("C9888105", "Hallworth", "Edith"), Clinician("C9888106", "Zaman", "Farhan"))
_GUT = (Clinician("C9888107", "Ormerod", "Clement", "Mr"), Clinician("C9888108", "Ndlovu", "Thandi", "Miss"))
_KIDNEY = (Clinician("C9888109", "Castellano", "Bianca"), Clinician("C9888110", "Yarwood", "Hugh"))
_SMALL = (Clinician("C9888111", "Fairbrother", "June"), Clinician("C9888112", "Mbeki-Hale", "Sipho"))


def millpond_royal() -> Layout:
    """Millpond Royal. Its codes are pretend: no trust is `RZY`, no practice begins with `Z`."""
    return Layout(
        name="Millpond Royal Hospital",
        ods="RZY",
        site="RZY01",
        wards=(
            Ward("Heron", "326", _beds("ABC", 6, 2), _FRONT),
            Ward("Teal", "430", _beds("ABC", 4, 3), _AGEING, ages=(70, 99)),
            Ward("Mallard", "320", _beds("ABC", 4, 4), _HEART),
            Ward("Reed East", "301", _beds("ABC", 4, 2), _GUT),
            Ward("Weir", "361", _beds("AB", 6, 2), _KIDNEY),
            Ward("Minnow", "420", _beds("AB", 4, 3), _SMALL, ages=(0, 16)),
        ),
        practices=(
            Practice("Z98001", "WATERMEAD SURGERY", Clinician("G9888201", "Ashdown", "Petra")),
            Practice("Z98002", "THE TANNERY PRACTICE", Clinician("G9888202", "Iqbal", "Rashid")),
            Practice("Z98003", "SLUICE LANE HEALTH CENTRE", Clinician("G9888203", "Pryce", "Morwenna")),
        ),
    )


_SPECIALTIES = ("300", "430", "340", "100", "110", "320", "301", "361", "101", "420")


def large_hospital(beds: int) -> Layout:
    """A pretend hospital of so many beds in wards of 24, every tenth of them for children. No trust is `RZX`."""
    st_elsewhere_s, wards = st_elsewhere(), []
    for number, first in enumerate(range(0, beds, 24)):
        specialty, size = _SPECIALTIES[number % len(_SPECIALTIES)], min(24, beds - first)
        own = st_elsewhere_s.wards[-1] if specialty == "420" else st_elsewhere_s.wards[number % 5]
        names = tuple(f"{'ABCDEF'[bed // 4]}{bed % 4 + 1}" for bed in range(size))
        wards.append(
            Ward(f"Ward {number + 1}", specialty, names, own.consultants, (0, 16) if specialty == "420" else (18, 99))
        )
    return Layout("Great Marlock Infirmary", "RZX", "RZX01", tuple(wards), st_elsewhere_s.practices)
