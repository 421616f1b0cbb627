"""A product to begin with: small, working, and sound by the rules as far as a program can make it."""

import json
from collections.abc import Mapping
from html import escape
from importlib import resources
from importlib.resources.abc import Traversable

_FOLDER = "starter"


def starter(product: str, name: str, publisher: str, parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a new app product; `parts` are those of others that it needs, by their name in the product's folder.

    The product is opened with a patient and shows who that is. What it owes is a clinical safety officer, whom nobody can
    make up. Raises nothing: whether id, name and publisher will do, the manifest's reader says.
    """
    words = {
        "@ID@": product,
        "@NAME@": json.dumps(name, ensure_ascii=False)[1:-1],
        "@NAME_HTML@": escape(name),
        "@TITLE@": name,
        "@PUBLISHER@": publisher,
    }
    return {**{file.name: _filled(file, words) for file in _files()}, **parts}


def _files() -> list[Traversable]:
    folder = resources.files("tabard.product").joinpath(_FOLDER)
    return sorted((file for file in folder.iterdir() if file.is_file()), key=lambda file: file.name)


def _filled(file: Traversable, words: Mapping[str, str]) -> bytes:
    text = file.read_text(encoding="utf-8")
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text.encode()
