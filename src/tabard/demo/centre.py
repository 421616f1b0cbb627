"""The centre on the stage: its store, the keys of those who make and judge, and what they made."""

from dataclasses import dataclass, field
from pathlib import Path

from tabard.demo.house import SignIn
from tabard.demo.process import Served

PUBLISHER = ("RZZ", "St Elsewhere's Hospital")
"""Who makes the demo's products, by ODS code and name."""

CENTRE = "X26"
"""Whom the assessors work for: nobody judges the products of their own house."""

ASSESSORS = (
    ("clinical_safety", "Dr Miriam Castellan"),
    ("security", "Tomasz Wyrd"),
)
"""Who judges them, by role and name."""


@dataclass(slots=True)
class Centre:
    """The store in `folder`; its offline keys, and in `made` everybody's own keys and packages."""

    folder: Path
    offline: Path
    made: Path
    port: int
    sign_ins: tuple[SignIn, ...] = ()
    process: Served | None = None
    packages: dict[str, Path] = field(default_factory=dict)
    """The built packages, by product."""
    releases: dict[str, str] = field(default_factory=dict)
    """The publisher's signatures over them, by product."""
    checked: dict[str, dict[tuple[str, str], str]] = field(default_factory=dict)
    """What the maker's own check said, by product: the evidence digest of each rule and place."""
    cases: dict[str, str] = field(default_factory=dict)
    """The cases that judge them, by product."""

    @property
    def base(self) -> str:
        """Where the store answers."""
        return f"http://localhost:{self.port}"

    @property
    def root(self) -> Path:
        """What a hospital pins: the catalogue's first root."""
        return self.folder / "root.json"

    def key(self, name: str) -> Path:
        """The private key of somebody."""
        return self.made / f"{name}.pem"

    def clear(self) -> None:
        """End the store if it still runs."""
        if self.process is not None:
            self.process.end()
