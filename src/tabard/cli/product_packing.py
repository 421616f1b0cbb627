"""What makes a package of a folder, and signs it as its publisher."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.passphrase import make_key, read_key
from tabard.cli.product_files import Made, folder_of, package_in, write_file
from tabard.ground.errors import CallerError
from tabard.ground.keys import SigningKey
from tabard.product import build as build_package, left_out, owed, sign_release

_RELEASE_END = ".release.json"


def build(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The product's folder.")],
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; ID-VERSION.tabard here, where nothing is said.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Build the package of a folder: the same folder gives the same bytes on any machine."""
    package = build_package(folder_of(folder))
    path = out or Path(package.file_name)
    _check_outside(folder, path)
    write_file(path, package.raw)
    kept_out = left_out(folder, package.manifest.leave_out)
    told = {
        "package": str(path),
        "product": package.manifest.id,
        "version": package.manifest.version,
        "sha256": package.sha256,
        "size_bytes": package.size_bytes,
        "files": len(package.files),
        "left_out": kept_out,
        "owed": [fault.where for fault in owed(package.manifest)],
    }
    if as_json:
        tell_json(told)
        return
    typer.echo(f"{path}: {package.manifest.name} {package.manifest.version}, {package.size_bytes:,} bytes")
    typer.echo(f"  sha256    {package.sha256}\n  files     {len(package.files)}, all of them listed in sbom.cdx.json")
    for entry in package.manifest.leave_out:
        names = left_out(folder, (entry,))
        typer.echo(f"  left out  {entry}" + ("" if names == (entry,) else f": {len(names)} files"))
    for fault in owed(package.manifest):
        typer.echo(f"  to come   {fault.where}: accreditation will ask for {fault.expected}")


def sign(
    package: Made,
    *,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="The publisher's private key (PEM).")] = None,
    new_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Make a key here and FILE.pub beside it; sign with it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sign a package as its publisher: PACKAGE.release.json. A passphrase is asked for, or taken from TABARD_PASSPHRASE."""
    if (key is None) == (new_key is None):
        raise CallerError("one key signs", where="--key, --new-key", expected="one of the two")
    made = package_in(package)
    signing = read_key(key) if key else _new_key(new_key or Path())
    path = package.with_name(package.name + _RELEASE_END)
    write_file(path, sign_release(made, signing).to_bytes())
    if as_json:
        public = {"keyid": signing.public.keyid, "public_key": signing.public.pem}
        tell_json({"release": str(path), "sha256": made.sha256, **public})
        return
    typer.echo(f"{path}: {made.manifest.name} {made.manifest.version}, published by {made.manifest.publisher}")
    typer.echo(f"  sha256    {made.sha256}\n  key       {signing.public.keyid}")
    if new_key:
        typer.echo(f"  new key   {new_key} is yours alone; send {new_key}.pub to whoever runs the store")


COMMANDS: tuple[Callable[..., None], ...] = (build, sign)


def _check_outside(folder: Path, path: Path) -> None:
    """Raises CallerError where the package would lie in the product's own folder: the next build would meet it."""
    if path.resolve().is_relative_to(folder.resolve()):
        raise CallerError(
            "the package would lie in the product's own folder",
            where=str(path),
            remedy="build from the folder above, or say --out FILE",
        )


def _new_key(path: Path) -> SigningKey:
    """A new key in `path`, its public half beside it in `path`.pub. Raises CallerError where one of them is there."""
    public = path.with_name(f"{path.name}.pub")
    if public.exists():
        raise CallerError("here is a file already", where=str(public), remedy="name another file for the new key")
    key = make_key(path)
    write_file(public, key.public.pem.encode())
    return key
