"""What a product's pages may load and do, as the browser is told it. Nothing is allowed that the manifest does not ask for.

Source: W3C Content Security Policy Level 3. What it does not say of workers is taken from scripts, so it says it.
"""

from tabard.product.model import Allow, Manifest

_OWN, _NOTHING = "'self'", "'none'"
_LOOSENED = {
    Allow.data_images: ("img-src", "data:"),
    Allow.blob_images: ("img-src", "blob:"),
    Allow.inline_styles: ("style-src", "'unsafe-inline'"),
    Allow.workers: ("worker-src", _OWN),
    Allow.wasm: ("script-src", "'wasm-unsafe-eval'"),
}


def policy_of(manifest: Manifest, gateway_origin: str) -> dict[str, str]:
    """The directives of the product's Content-Security-Policy, by name; it may talk to its own origin and the gateway alone.

    `gateway_origin` is scheme, host and port, such as `http://localhost:8700`. What one part asks for holds for all pages
    of the product: they share an origin.
    """
    policy = {
        "default-src": _NOTHING,
        "base-uri": _NOTHING,
        "frame-ancestors": _NOTHING,
        "script-src": _OWN,
        "worker-src": _NOTHING,
        "style-src": _OWN,
        "img-src": _OWN,
        "font-src": _OWN,
        "manifest-src": _OWN,
        "connect-src": f"{_OWN} {gateway_origin}",
        "form-action": _OWN,
    }
    asked = {allow for part in manifest.parts for allow in part.allows}
    for allow in (one for one in Allow if one in asked):
        directive, source = _LOOSENED[allow]
        policy[directive] = source if policy[directive] == _NOTHING else f"{policy[directive]} {source}"
    return policy
