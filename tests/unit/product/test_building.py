"""Building: the same folder gives the same bytes anywhere, and whatever is not plainly of the product stops it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tabard.product import SBOM_NAME, BadManifest, BadPackage, PackageFault, build, left_out, read_package
from unit.product import made

PRODUCTS = Path(__file__).parents[3] / "products"
ELSEWHERE = """
import os, sys
from pathlib import Path
os.umask(int(sys.argv[1], 8))
source, folder = Path(sys.argv[3]), Path(sys.argv[4])
files = sorted(path for path in source.rglob("*") if path.is_file())
for path in files[::int(sys.argv[2])]:
    copy = folder / path.relative_to(source)
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(path.read_bytes())
    os.utime(copy, (len(files), 7))
    os.chmod(copy, 0o600 if copy.suffix == ".js" else 0o755)
from tabard.product import build
sys.stdout.buffer.write(build(folder).raw)
"""
MACHINES = (
    ("022", "1", {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "0"}),
    ("077", "-1", {"LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Chatham", "PYTHONHASHSEED": "4711", "PYTHONUTF8": "0"}),
)


def reason_of(folder: Path) -> PackageFault:
    with pytest.raises(BadPackage) as caught:
        build(folder)
    return caught.value.reason


@pytest.mark.parametrize("product", ["made", "ward-board", "observations"])
def test_the_same_folder_gives_the_same_bytes_on_two_machines(product: str, tmp_path: Path) -> None:
    """Another locale, umask, time zone, order of creation, times, modes and hash seed change nothing."""
    source = made.folder_of(tmp_path / "made") if product == "made" else PRODUCTS / product
    built = []
    for at, (umask, order, settings) in enumerate(MACHINES):
        command = [sys.executable, "-c", ELSEWHERE, umask, order, str(source), str(tmp_path / f"copy-{at}")]
        done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, check=True)  # noqa: S603  ourselves
        built.append(done.stdout)
    assert built[0] == built[1]
    assert read_package(built[0]).raw == build(source).raw


def test_a_build_holds_every_file_and_the_bill_of_materials(tmp_path: Path) -> None:
    """Nothing of the folder is missing, and one file is added."""
    package = build(made.folder_of(tmp_path))
    assert set(package.files) == {*made.FILES, SBOM_NAME}
    assert all(package.files[name] == content for name, content in made.FILES.items())


def test_an_unpacked_package_builds_to_itself(tmp_path: Path) -> None:
    """Whoever unpacks a package and builds it again has the same one: its bill of materials is the very one."""
    package = build(made.folder_of(tmp_path / "a"))
    again = build(made.folder_of(tmp_path / "b", dict(package.files)))
    assert again == package


@pytest.mark.parametrize(
    "name",
    [
        ".git/config",
        ".DS_Store",
        "a/.env",
        "index.html~",
        "index.html.bak",
        "x.swp",
        "Thumbs.db",
        "node_modules/x/y.js",
        "#x#",
        "product-1.0.0.tabard",
        "product-1.0.0.tabard.release.json",
        "publisher.pem",
        "publisher.pem.pub",
        "a/server.key",
    ],
)
def test_a_leftover_stops_the_build_until_it_is_named(name: str, tmp_path: Path) -> None:
    """Hidden files, what editors leave, packages and keys are refused by name; named under `leave_out` they stay out, and that is told."""
    folder = made.folder_of(tmp_path, {**made.FILES, name: b"secret"})
    with pytest.raises(BadPackage) as caught:
        build(folder)
    assert caught.value.reason is PackageFault.left_over
    assert caught.value.where == name
    entry = name.partition("/")[0] + ("/" if "/" in name else "")
    text = f'leave_out = ["{entry}"]\n' + made.MANIFEST
    (folder / "tabard.toml").write_text(text)
    package = build(folder)
    assert name not in package.files
    assert left_out(folder, package.manifest.leave_out) == (name,)


def test_a_folder_that_is_left_out_is_told_file_by_file(tmp_path: Path) -> None:
    """With a `/` at its end or without; a file whose name begins alike stays."""
    folder = made.folder_of(tmp_path, {**made.FILES, "a/b/c.js": b"", "ab.js": b""})
    assert left_out(folder, ("a",)) == left_out(folder, ("a/",)) == ("a/b/c.js",)


def test_a_page_that_is_left_out_is_no_page(tmp_path: Path) -> None:
    """What the manifest names must be in the package."""
    text = 'leave_out = ["launch.html"]\n' + made.MANIFEST
    with pytest.raises(BadManifest, match=r"part\[0\]\.launch"):
        build(made.folder_of(tmp_path, {**made.FILES, "tabard.toml": text.encode()}))


def test_a_symbolic_link_stops_the_build(tmp_path: Path) -> None:
    """To a file or to a folder: it could lead out of the product."""
    for target in (tmp_path / "secret", tmp_path):
        folder = made.folder_of(tmp_path / f"product-{target.name}")
        (tmp_path / "secret").write_text("x")
        (folder / "data").symlink_to(target)
        assert reason_of(folder) is PackageFault.not_a_file


def test_a_pipe_stops_the_build(tmp_path: Path) -> None:
    """It is not waited for."""
    folder = made.folder_of(tmp_path)
    os.mkfifo(folder / "data")
    assert reason_of(folder) is PackageFault.not_a_file


def test_another_bill_of_materials_stops_the_build(tmp_path: Path) -> None:
    """One that was written by hand would be swapped silently."""
    assert reason_of(made.folder_of(tmp_path, {**made.FILES, SBOM_NAME: b"{}"})) is PackageFault.left_over


def test_a_bad_name_and_a_file_too_large_stop_the_build(tmp_path: Path) -> None:
    """The folder's names are held to the package's rule, and so are sizes."""
    assert reason_of(made.folder_of(tmp_path / "a", {**made.FILES, "a:b": b""})) is PackageFault.bad_name
    large = made.folder_of(tmp_path / "b")
    with (large / "big.bin").open("wb") as file:
        file.truncate(2**24 + 1)
    assert reason_of(large) is PackageFault.too_large


def test_a_folder_with_five_faults_tells_five(tmp_path: Path) -> None:
    """The manifest is read first, and all of it is told."""
    text = (
        made.MANIFEST.replace('"tiny"', '"T"')
        .replace("1.2.0", "one")
        .replace('"RZZ"', '"?"')
        .replace('"patient"', '"x"')
        .replace('kind = "app"', "kind = 1")
    )
    with pytest.raises(BadManifest, match="5 faults") as caught:
        build(made.folder_of(tmp_path, {**made.FILES, "tabard.toml": text.encode()}))
    assert len(caught.value.faults) == 5
