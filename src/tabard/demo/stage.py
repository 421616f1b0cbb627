"""The stage: a centre and two hospitals, and what the steps of a story make and leave for the next."""

from dataclasses import dataclass
from pathlib import Path

from tabard.demo.centre import Centre
from tabard.demo.house import House, SignIn
from tabard.demo.ports import Ports
from tabard.sandbox import PretendLorenzo, PretendMillennium, millpond_royal, st_elsewhere

_SEED = 2009


@dataclass(slots=True)
class Stage:
    """One playing of the story."""

    folder: Path
    centre: Centre
    elsewhere: House
    millpond: House

    @property
    def houses(self) -> tuple[House, House]:
        """Both hospitals."""
        return (self.elsewhere, self.millpond)

    @property
    def addresses(self) -> dict[str, str]:
        """What a person needs to look around, by what it is."""
        return {
            "store": self.centre.base,
            "catalogue": f"{self.centre.base}/catalogue",
            "st_elsewhere": self.elsewhere.base,
            "st_elsewhere_fhir": f"{self.elsewhere.base}/fhir",
            "st_elsewhere_links": f"{self.elsewhere.base}/links",
            "st_elsewhere_messages": f"{self.elsewhere.base}/messages",
            "st_elsewhere_parked": f"{self.elsewhere.base}/parked",
            "st_elsewhere_dialect": f"{self.elsewhere.base}/links/{self.elsewhere.link}/dialect",
            "st_elsewhere_lorenzo": f"mllp://127.0.0.1:{self.elsewhere.mllp_port}",
            "millpond_royal": self.millpond.base,
            "millpond_royal_fhir": f"{self.millpond.base}/fhir",
            "millpond_royal_millennium": f"mllp://127.0.0.1:{self.millpond.mllp_port}",
            "millpond_royal_millennium_fhir": self.millennium.fhir_base,
        }

    @property
    def lorenzo(self) -> PretendLorenzo:
        """St Elsewhere's record system."""
        return self.elsewhere.ehr  # type: ignore[return-value]  # made so below

    @property
    def millennium(self) -> PretendMillennium:
        """Millpond Royal's record system."""
        return self.millpond.ehr  # type: ignore[return-value]  # made so below

    @property
    def people(self) -> dict[str, tuple[SignIn, ...]]:
        """Who may sign in where, by what it is."""
        return {
            "store": self.centre.sign_ins,
            "st_elsewhere": self.elsewhere.sign_ins,
            "millpond_royal": self.millpond.sign_ins,
        }

    def clear(self) -> None:
        """Hang up, let go of connections, and end what still runs."""
        for one in (*self.houses, self.centre):
            one.clear()


def stage_in(folder: Path, ports: Ports, silence_s: int, seed: int = _SEED) -> Stage:
    """The stage of a story that keeps everything in `folder`; nothing is begun or listens yet."""
    lorenzo = PretendLorenzo("127.0.0.1", ports.lorenzo, seed=seed, layout=st_elsewhere())
    millennium = PretendMillennium(
        "127.0.0.1", ports.millennium, fhir_port=ports.fhir, seed=seed, layout=millpond_royal()
    )
    return Stage(
        folder,
        Centre(folder / "store", folder / "offline", folder / "made", ports.store),
        House(
            folder / "st-elsewhere",
            ports.elsewhere,
            ports.lorenzo,
            silence_s,
            lorenzo,
            "lorenzo",
            "st-elsewhere",
            "Fern",
        ),
        House(
            folder / "millpond-royal",
            ports.millpond,
            ports.millennium,
            silence_s,
            millennium,
            "millennium",
            "millennium-uk",
            "Teal",
        ),
    )
