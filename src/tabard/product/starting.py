"""A product to begin with: small, working, and sound by the rules as far as a program can make it."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from importlib import resources
from importlib.resources.abc import Traversable

from tabard.product.wheels import LOCK, WHEELS, told_by

_APP, _HOOK = "starter", "starter_hook"
_TEMPLATE = ".template"
"""The end of a name that is taken off: what is code in a product must not be taken for code of ours."""


def starter(product: str, name: str, publisher: str, parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a new app product; `parts` are those of others that it needs, by their name in the product's folder.

    The product is opened with a patient and shows who that is. What it owes is a clinical safety officer, whom nobody can
    make up. Raises nothing: whether id, name and publisher will do, the manifest's reader says.
    """
    return {**_filled(_APP, _words(product, name, publisher)), **parts}


def hook_starter(product: str, name: str, publisher: str, kit: tuple[str, bytes], lock: str) -> dict[str, bytes]:
    """The files of a new product with a CDS service; `kit` is the wheel of tabard-kit (file name, bytes), `lock` its line.

    The service is asked when a patient is opened, and counts vital signs. What it owes, and raises, as above.
    """
    wheel, raw = kit
    words = {"@KIT_VERSION@": told_by(wheel)[1], "@KIT_WHEEL@": f"{WHEELS}{wheel}"}
    files = _filled(_HOOK, _words(product, name, publisher) | words)
    return {**files, LOCK: lock.encode(), f"{WHEELS}{wheel}": raw}


def _words(product: str, name: str, publisher: str) -> dict[str, str]:
    return {
        "@ID@": product,
        "@NAME@": json.dumps(name, ensure_ascii=False)[1:-1],
        "@NAME_HTML@": escape(name),
        "@TITLE@": name,
        "@PUBLISHER@": publisher,
    }


def _filled(folder: str, words: Mapping[str, str]) -> dict[str, bytes]:
    top = resources.files("tabard.product").joinpath(folder)
    return dict(sorted((name.removesuffix(_TEMPLATE), _with(file, words)) for name, file in _files(top, "")))


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for file in folder.iterdir():
        if file.is_dir():
            if file.name != "__pycache__":
                yield from _files(file, f"{prefix}{file.name}/")
        else:
            yield prefix + file.name, file


def _with(file: Traversable, words: Mapping[str, str]) -> bytes:
    text = file.read_text(encoding="utf-8")
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text.encode()
