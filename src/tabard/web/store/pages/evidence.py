"""An organisation's ledger of evidence as assessors see it: what stands, what does not and why, what each item serves, and its bytes."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from tabard.accreditation import NoSuchCriterion, criterion
from tabard.accreditation.claims import Entry, Evidence
from tabard.ground.errors import NotFound
from tabard.store import Media
from tabard.web.design.times import When, when
from tabard.web.store.api.evidence import as_attachment
from tabard.web.store.counter import Counter
from tabard.web.store.guard import Judging
from tabard.web.store.render import page

_KIB = 1024
_SAYS = {"worst_cvss": "Worst CVSS"}


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One item. `state` is how it stands today in a word, with why where it does not; `href` is where its bytes are, "" where none are kept."""

    id: str
    title: str
    kind: str
    sha256: str
    made: str
    expires: str
    state: str
    colour: str
    why: str
    at: When
    by: str
    product: str
    package: str
    instead_of: tuple[str, ...]
    says: tuple[tuple[str, str], ...]
    serves: tuple[tuple[str, str], ...]
    size: str
    href: str


def show(counter: Counter, asked: Judging) -> Response:
    """The ledger of an organisation. Raises NotFound where there is no such publisher."""
    ods = asked.request.path_params["organisation"]
    publisher = counter.store.publishers.find(ods)
    if publisher is None:
        raise NotFound("no such publisher is enrolled here", remedy="begin from the list of cases")
    ledger, sizes = counter.store.evidence.ledger(ods), counter.store.desk.sizes(ods)
    gone = {id_: one for one in ledger.entries for id_ in one.instead_of}
    items = [_shown(counter, one, one.evidence, gone, sizes) for one in ledger.entries if one.evidence]
    items.reverse()
    names = sorted({(one.product, one.name) for one in counter.store.cases() if one.publisher == ods})
    return page(
        "evidence.html",
        frame=asked.frame,
        name=publisher.name,
        ods=ods,
        standing=[one for one in items if one.colour == "green"],
        fallen=[one for one in items if one.colour != "green"],
        names=dict(names),
        head=ledger.head,
        lines=len(ledger.entries),
    )


def download(counter: Counter, asked: Judging) -> Response:
    """The bytes of one item, to be put away and never shown. Raises NotFound where that organisation brought none of that digest."""
    ods, digest = (asked.request.path_params[name] for name in ("organisation", "sha256"))
    return as_attachment(counter.store, digest, counter.store.desk.media(digest, ods))


def _shown(
    counter: Counter, line: Entry, item: Evidence, gone: Mapping[str, Entry], sizes: Mapping[str, tuple[int, Media]]
) -> ShownItem:
    state, colour, why = _state(counter, item, gone.get(item.id))
    size, media = sizes.get(item.sha256, (0, None))
    return ShownItem(
        id=item.id,
        title=item.title,
        kind=item.kind.replace("-", " "),
        sha256=item.sha256,
        made=f"{item.made:%d-%b-%Y}",
        expires=f"{item.expires:%d-%b-%Y}" if item.expires else "",
        state=state,
        colour=colour,
        why=why,
        at=when(line.at),
        by=line.by,
        product=item.for_product or "",
        package=item.for_package or "",
        instead_of=line.instead_of,
        says=tuple((_SAYS.get(name, name.replace("_", " ").capitalize()), words) for name, words in item.says),
        serves=tuple((one, _title(one)) for one in item.serves),
        size=f"{media.ending}, {max(1, size // _KIB):,} KiB" if media else "",
        href=f"/evidence/{item.organisation}/{item.sha256}" if media else "",
    )


def _state(counter: Counter, item: Evidence, end: Entry | None) -> tuple[str, str, str]:
    """How it stands today, in a word and a colour, and why where it does not."""
    if end is not None and end.evidence is not None:
        return "Superseded", "grey", f"{end.evidence.id} stands in its place since {when(end.at).text}."
    if end is not None:
        return "Withdrawn", "grey", f"Withdrawn by {end.by}, {when(end.at).text}: {end.reason}"
    if item.expires is not None and counter.today >= item.expires:
        return "Ended", "red", f"It ended on {item.expires:%d-%b-%Y}."
    why = item.why_not(counter.today)
    return ("Does not stand", "red", f"{why[0].upper()}{why[1:]}.") if why else ("Stands", "green", "")


def _title(id_: str) -> str:
    try:
        return criterion(id_).title
    except NoSuchCriterion:
        return ""
