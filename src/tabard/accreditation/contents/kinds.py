"""The files of a package as rules see them: what kind each is by its name, which are the maker's own, and their text."""

from pathlib import PurePosixPath

from tabard.product import SBOM_NAME, Package

PAGES = frozenset({".html", ".htm"})
SCRIPTS = frozenset({".js", ".mjs"})
SERVERS = frozenset({".py"})
CODE = PAGES | SCRIPTS | SERVERS
STYLES = frozenset({".css"})
DRAWINGS = frozenset({".svg"})
TEXTS = CODE | STYLES | DRAWINGS | {".json", ".toml", ".md", ".txt", ".csv", ".webmanifest", ".map", ".license"}
"""Kinds that are text, in UTF-8."""


def kind_of(name: str) -> str:
    """A file's kind: the end of its name, small, with its dot; "" where there is none."""
    return PurePosixPath(name).suffix.lower()


def text_of(raw: bytes) -> str | None:
    """The file as text; None where it is no UTF-8 or holds a NUL."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def texts(package: Package, kinds: frozenset[str]) -> dict[str, str]:
    """The text of every file of these kinds, by name; what is no UTF-8 is read with marks in the place of what is not."""
    return {name: raw.decode("utf-8", "replace") for name, raw in package.files.items() if kind_of(name) in kinds}


def own_texts(package: Package, kinds: frozenset[str]) -> dict[str, str]:
    """The same of the maker's own files: neither a component's nor the bill of materials."""
    others = component_files(package)
    return {name: text for name, text in texts(package, kinds).items() if name not in others and name != SBOM_NAME}


def component_files(package: Package) -> frozenset[str]:
    """Files that the manifest says belong to somebody else's component."""
    return frozenset(name for component in package.manifest.components for name in component.files)
