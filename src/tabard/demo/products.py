"""Where the products of the demo are: beside this file in a wheel, at the top of the repository in a checkout."""

from pathlib import Path

from tabard.ground.errors import CallerError

_HERE = Path(__file__).resolve().parent
_PLACES = (_HERE / "products", _HERE.parents[2] / "products")
_BROWSER_PART = "vendor/fhir-client.js"


def product_folder(product: str) -> Path:
    """The folder of a product that comes with the demo. Raises CallerError when its browser parts are missing."""
    for place in _PLACES:
        if (place / product / "tabard.toml").is_file():
            folder = place / product
            break
    else:
        raise CallerError(
            "the demo's product is not here", got=product, remedy="run from a checkout, or install the wheel"
        )
    if any(folder.glob("*.html")) and not (folder / _BROWSER_PART).is_file():
        raise CallerError(
            "the product lacks its browser part", where=str(folder / _BROWSER_PART), remedy="run `make setup`"
        )
    return folder
