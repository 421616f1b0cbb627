"""The CDS services of what is installed, answered by the products' own servers."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tabard.gateway import Gateway
from tabard.gateway.cds import Hook, Hooks, Reply, Service
from tabard.hospital import Install, Installs
from tabard.product import Part
from tabard.runner import Runner
from tabard.wiring.heard import Heard

_KNOWN = frozenset(str(one) for one in Hook)


@dataclass(frozen=True, slots=True)
class ProductServices:
    """The gateway's port `Services`, over the installs and the runner of one hospital."""

    installs: Installs
    runner: Runner

    def of_hook(self, hook: Hook, /) -> Sequence[Service]:
        """Those that are asked at this moment."""
        return tuple(one for one in self.all() if one.hook is hook)

    def all(self) -> Sequence[Service]:
        """Every one of an active product, of the hooks that this hospital knows."""
        return tuple(
            service
            for install in self.installs.all()
            if install.is_active and install.manifest is not None
            for part in install.manifest.parts
            if (service := _service(install, part)) is not None
        )

    def post(self, service: Service, path: str, body: bytes, headers: Mapping[str, str], timeout_s: float, /) -> Reply:
        """POST to the product's server. Raises PartDown, PartTooSlow, BadAnswer."""
        answer = self.runner.call(service.client, "POST", path, body, headers, timeout_s=timeout_s)
        return Reply(answer.status, answer.body)


@contextmanager
def firing(gateway: Gateway, services: ProductServices, heard: Heard) -> Iterator[Hooks]:
    """CDS Hooks of a hospital, hearing what its links write, until the context is left."""
    hooks = gateway.hooks(services)
    heard.add(hooks.firing.hear)
    hooks.firing.start()
    try:
        yield hooks
    finally:
        hooks.close()


def _service(install: Install, part: Part) -> Service | None:
    said, server = part.service, None if install.manifest is None else install.manifest.server
    if said is None or server is None or said.hook not in _KNOWN:
        return None
    return Service(
        install.id,
        install.title,
        said.id,
        Hook(said.hook),
        part.title,
        said.description,
        said.prefetch,
        " ".join(part.scopes),
        float(server.timeout_s),
    )
