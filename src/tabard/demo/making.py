"""The maker's road: checked, built, signed, submitted."""

from collections import Counter

from tabard.demo.commands import one, tabard
from tabard.demo.errors import Failed
from tabard.demo.products import product_folder
from tabard.demo.stage import Stage

PRODUCTS = ("ward-board", "observations")


def check(stage: Stage, product: str) -> str:
    """The maker runs the rules that the centre will run, before anything is sent."""
    findings = tabard("product", "check", product_folder(product))
    verdicts = Counter(finding["verdict"] for finding in findings)
    stage.centre.checked[product] = {(one["rule"], one["place"]): one["evidence"] for one in findings}
    return ", ".join(f"{number} {verdict}" for verdict, number in sorted(verdicts.items()))


def build(stage: Stage, product: str) -> str:
    """The package: one file, the same bytes on any machine."""
    path = stage.centre.made / f"{product}.tabard"
    told = one("product", "build", product_folder(product), "--out", path)
    stage.centre.packages[product] = path
    return f"{told['size_bytes']:,} bytes, SHA-256 {told['sha256'][:16]}..."


def sign(stage: Stage, product: str) -> str:
    """The publisher's signature over those bytes."""
    told = one("product", "sign", stage.centre.packages[product], "--key", stage.centre.key("publisher"))
    stage.centre.releases[product] = told["release"]
    return f"key {told['keyid'][:16]}..."


def submit(stage: Stage, product: str) -> str:
    """The centre takes the package and comes to the same verdicts, on the same evidence."""
    centre = stage.centre
    told = tabard(
        *("product", "submit", centre.packages[product], "--release", centre.releases[product]),
        *("--to", centre.base, "--wait"),
    )[-1]
    centre.cases[product] = told["case"]
    theirs = {(one["rule"], one["place"]): one["evidence"] for one in told["findings"]}
    if theirs != centre.checked[product]:
        raise Failed("the centre's rules say something else than the maker's did", expected="the same evidence digests")
    return f"{len(theirs)} findings with the maker's own evidence digests; {told['status']}"
