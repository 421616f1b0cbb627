"""The whole road over real HTTP, by the commands that people type."""

import sys
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from edge.store.people import Place, Served, place, until
from tabard.catalogue import Client
from tabard.cli.main import command_line
from tabard.decision import judge
from tabard.ground.keys import PublicKey, write_signing_key
from tabard.product import check_release, read_package
from tabard.store import load
from tabard.trial import SWITCH
from unit.store.product_files import folder_of


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(command_line(arguments), list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def accredit(made: Place, verb: str, name: str, *more: str) -> Result:
    return run("accredit", verb, *more, "--store", made.url, "--key", str(made.key_file(name)))


def test_from_a_folder_to_a_hospital(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Built, signed, submitted, checked by the real checker, reviewed, signed by two, published; a hospital verifies it all."""
    monkeypatch.setenv(SWITCH, "off")  # this product is too tiny to live through a day
    made = place(tmp_path)
    served = Served(made.folder, command=(sys.executable, "-m", "tabard", "store", "serve", str(made.folder)))
    package, key = tmp_path / "tiny-1.0.0.tabard", tmp_path / "publisher.pem"
    write_signing_key(key, made.publisher)
    run("product", "build", str(folder_of(tmp_path / "tiny")), "--out", str(package))
    run("product", "sign", str(package), "--key", str(key))
    release = f"{package}.release.json"
    result = run("product", "submit", str(package), "--release", release, "--to", made.url, "--wait")
    assert "manufacturer under DCB0129" in result.output
    (row,) = msgspec.json.decode(accredit(made, "list", "Ada Safe", "--json").stdout)
    assert row["status"] == "in_review"
    shown = accredit(made, "show", "Ada Safe", row["id"][:8])
    assert "names, birth dates, addresses and numbers" in shown.output
    _sign(made, row["id"])
    with made.at("Ada Safe") as store:
        until(lambda: store.case(row["id"])["status"] == "published")
    _verify(made, tmp_path, package.read_bytes())
    assert served.stop() == 0
    assert "secret" not in (tmp_path / "served.log").read_text()


def _sign(made: Place, case: str) -> None:
    """Each reviews what is theirs where the checker had no browser; one drafts; both sign."""
    for name in ("Ada Safe", "Bo Secure"):
        accredit(made, "assign", name, case, "--conflict", "none")
    with made.at("Ada Safe") as store:
        left = {one["rule"]: one["judges"] for one in store.case(case)["unreviewed"]}
    for rule, judges in left.items():
        with made.at("Ada Safe" if "clinical_safety" in judges else "Bo Secure") as store:
            store.review(case, rule, "I looked at every page and file of it.")
    for name in ("Ada Safe", "Bo Secure"):
        waiting = msgspec.json.decode(accredit(made, "criteria", name, case, "--waiting", "--json").stdout)
        mine = [one["criterion"] for one in waiting["criteria"] if waiting["role"] in one["judges"]]
        named = (f"--criterion={one}" for one in mine)
        words = ("--status", "met", "--reason", "I looked at all that stands beside it.")
        judged = accredit(made, "judge", name, case, *words, *named)
        assert f"Judged: {len(mine)} met." in judged.output
        is_last = name == "Bo Secure"
        assert ("Every criterion that must be met is met" in judged.output) == is_last
    first = accredit(made, "sign", "Ada Safe", case, "--yes", "--condition", "Only on wards.")
    assert "Condition 1: Only on wards." in first.output
    assert "a security reviewer must sign it" in first.output
    second = accredit(made, "sign", "Bo Secure", case, "--yes")
    assert "Signed by Ada Safe (clinical_safety) and Bo Secure (security)" in second.output


def _verify(made: Place, folder: Path, raw: bytes) -> None:
    """What a hospital does before it installs."""
    root = load(made.folder).folder.root_of_trust.read_bytes()
    site = Client(folder / "site", f"{made.url}/catalogue", root)
    site.refresh()
    (listed,) = site.entry("tiny").versions
    decision = judge(
        listed.decision_bytes,
        trust=site.trust(),
        package_sha256=listed.package_sha256,
        product="tiny",
        version="1.0.0",
        now=listed.published,
        site="RZZ",
    )
    package = read_package(site.package(listed))
    assert package.raw == raw
    keys = [PublicKey.from_pem(pem) for pem in decision.publisher_keys]
    release = check_release(listed.release_bytes, package.sha256, keys)
    assert (release.publisher, release.sha256) == ("RZZ", decision.release_sha256)
    assert [str(one) for one in decision.conditions] == ["Only on wards."]
