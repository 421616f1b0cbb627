"""The bill of materials of a product, made of its manifest and its files: no time and no random number in it.

Written here and not by a library, whose next release could order or add something: the same folder gives the same bytes.
Source: CycloneDX 1.6 (ECMA-424), JSON.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from tabard.ground.canonical import canonical
from tabard.product.model import Component, Manifest

SBOM_NAME = "sbom.cdx.json"


def purl_of(manifest: Manifest) -> str:
    """The package URL of a product: `pkg:generic/<publisher>/<id>@<version>`."""
    return f"pkg:generic/{manifest.publisher}/{manifest.id}@{manifest.version}"


def sbom_of(manifest: Manifest, files: Mapping[str, bytes]) -> bytes:
    """The bill of materials of a product with these files: each component with its files, then the files of the product's own.

    A bill of materials among the files is passed over: it cannot hold its own hash.
    """
    owned = {name for component in manifest.components for name in component.files}
    own = sorted(name for name in files if name not in owned and name != SBOM_NAME)
    components = [_third_party(component, files) for component in manifest.components]
    purl = purl_of(manifest)
    refs = sorted({component["bom-ref"] for component in components})
    return canonical(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {"component": _product(manifest, purl)},
            "components": [*components, *(_file(name, files[name]) for name in own)],
            "dependencies": [{"ref": purl, "dependsOn": refs}, *({"ref": ref} for ref in refs)],
        }
    )


def _product(manifest: Manifest, purl: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "application",
        "bom-ref": purl,
        "name": manifest.id,
        "version": manifest.version,
        "purl": purl,
        "supplier": {"name": manifest.publisher},
    }
    return told | ({"licenses": [{"expression": manifest.licence}]} if manifest.licence else {})


def _third_party(component: Component, files: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": component.purl,
        "name": component.name,
        "version": component.version,
        "purl": component.purl,
        "licenses": [{"expression": component.licence}],
        "components": [_file(name, files[name]) for name in sorted(component.files)],
    }


def _file(name: str, content: bytes) -> dict[str, Any]:
    digest = {"alg": "SHA-256", "content": sha256(content).hexdigest()}
    return {"type": "file", "bom-ref": f"file:{name}", "name": name, "hashes": [digest]}
