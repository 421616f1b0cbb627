"""The hospitals' road: verified and installed, opened; then recalled, and neither opens it any more."""

from html import unescape

from tabard.demo.centre import ASSESSORS
from tabard.demo.commands import one
from tabard.demo.errors import Failed
from tabard.demo.house import House
from tabard.demo.stage import Stage
from tabard.demo.waiting import until

_REASON = "Beds were shown on the wrong ward after a move."
_REMEDY = "Use the record system's own ward list."
_HEARD_WITHIN_S = 20


def install(product: str, house: House) -> str:
    """Catalogue, decision, package, release and manifest are verified, one after the other; then it is installed."""
    told = one("hospital", "install", house.folder, product, "--accept-conditions")
    return f"{house.name}: {' > '.join(step['step'] for step in told['steps'])}"


def told_on_the_page(house: House) -> str:
    """The hospital shows who accredited what it runs."""
    page = house.visitor.get("/products").text
    missing = [name for _, name in ASSESSORS if name not in page]
    if missing:
        raise Failed("the hospital does not say who accredited the product", expected=" and ".join(missing))
    return " and ".join(name for _, name in ASSESSORS)


def recall(stage: Stage) -> str:
    """One person with the recall key pulls the cord."""
    centre = stage.centre
    one(
        *("catalogue", "recall", centre.folder, "ward-board", "--level", "stop", "--reason", _REASON),
        *("--remedy", _REMEDY, "--key", centre.offline / "recall-1.pem"),
    )
    return _REASON


def recall_obeyed(house: House) -> str:
    """The hospital opens it no more and says why; what was open is answered no more; its other product goes on."""

    def is_told() -> bool:
        page = unescape(house.visitor.get("/products").text)
        return _REASON in page and _REMEDY in page

    until(is_told, f"{house.name} hears of the recall", _HEARD_WITHIN_S)
    status = house.board.app.get("/Encounter").status_code
    if status != 401:  # noqa: PLR2004  the standard's number
        raise Failed("an open board is still answered after its recall", expected="401", got=str(status))
    pages = house.visitor.get(f"http://ward-board.localhost:{house.port}/index.html")
    if pages.is_success or _REASON not in pages.text:
        raise Failed("the recalled product's own pages still come", got=str(pages.status_code))
    refused = house.visitor.post(
        "/products/ward-board/launch", "/products", {"context": "ward", "id": house.board.ward}
    )
    if refused.has_redirect_location or _REASON not in refused.text:
        raise Failed("a recalled product was launched", got=str(refused.status_code))
    return f"{house.name}: not opened any more, and why is said"
