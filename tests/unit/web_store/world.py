"""A store with two assessors and one publisher, its checker in this process and without a browser, and its pages over HTTP."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from tabard.accounts import Cost
from tabard.accreditation import Report
from tabard.decision import Role
from tabard.ground.keys import SigningKey, new_signing_key, read_signing_key
from tabard.product import Package, build, read_package, sign_release
from tabard.store import Store, init, load
from tabard.web.store import Counter, site
from unit.accreditation.tiny import two_left
from unit.web_store.words import judge_all

ROOT = Path(__file__).resolve().parents[3]
PORT = 8399
_TOKEN = re.compile(r'name="token" value="([^"]+)"')
_SEEN = re.compile(r'name="seen" value="(\d+)"')


class CheckerHere:
    """Runs the rules in this process; no browser is asked for."""

    def check(self, package: Path, tell: Callable[[str], None], given: object = None) -> Report:  # noqa: ARG002  the port's own
        """The report of the rules that need no browser."""
        return two_left(read_package(package.read_bytes()), tell)

    def stop(self) -> None:
        """Nothing runs apart."""


@cache
def ward_board() -> Package:
    """The package of the ward board as it stands in this checkout."""
    return build(ROOT / "products/ward-board")


@dataclass
class Person:
    """An assessor: how they sign in, and their key."""

    username: str
    password: str
    key: SigningKey


@dataclass
class World:
    """The store, who is who, and a browser's worth of HTTP."""

    store: Store
    publisher: SigningKey
    people: dict[str, Person]
    app: ASGIApp
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> httpx.Response:
        """A page."""
        return self._ask("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> httpx.Response:
        """A form, as a page of ours sends it."""
        return self._ask("POST", path, data=fields, headers={"Origin": self.store.settings.base_url})

    def upload(self, files: dict[str, tuple[str, bytes]]) -> httpx.Response:
        """The two files of a submission, or what somebody sends in their place."""
        return self._ask("POST", "/submit", files=files)

    def act(self, page: str, path: str, **fields: str) -> httpx.Response:
        """Fill in and send the form of a page, with its token and the version that was looked at."""
        text = self.get(page).text
        seen = _SEEN.search(text)
        hidden = {"token": _TOKEN.findall(text)[0], **({"seen": seen[1]} if seen else {})}
        return self.post(path, {**hidden, **fields})

    def sign_in(self, name: str) -> None:
        """Be this assessor from now on."""
        self.cookies.clear()
        who = self.people[name]
        answer = self.act("/sign-in", "/sign-in", username=who.username, password=who.password, next="/cases")
        assert answer.status_code == 303, answer.text

    def makers_page(self, case: str) -> str:
        """An address at which the maker of that case reads how it fares."""
        return f"/submissions/{case}/{self.store.addresses.begin(case)}"

    def submitted(self) -> str:
        """The id of the ward board's case, the rules run on it."""
        package = ward_board()
        case = self.store.submit(package.raw, sign_release(package, self.publisher).to_bytes()).case
        self.store.check()
        return case.id

    def reviewed(self) -> str:
        """The same, with everything reviewed and judged by whoever may."""
        case = self.submitted()
        for name in ("clinical", "security"):
            self.sign_in(name)
            path = f"/cases/{case}"
            assert self.act(path, f"{path}/assignments", conflicts="none").status_code == 303
        for name in ("clinical", "security"):
            self.sign_in(name)
            page = self.get(f"/cases/{case}").text
            for rule, place in re.findall(
                r'name="rule" value="([^"]+)">\s*<input type="hidden" name="place" value="([^"]*)"', page
            ):
                path, reason = f"/cases/{case}", "Both pages were looked at by eye and by keyboard."
                assert self.act(path, f"{path}/reviews", rule=rule, place=place, reason=reason).status_code == 303
        took = {one.id for one in self.store.case(case).case.taken}
        judge_all(self.store, case, [one for one in self.store.assessors.trust().accreditors if one.id in took])
        return case

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        more["headers"] = {**cookies, **more.get("headers", {})}
        answer = asyncio.run(self._answer(method, path, more))
        for told in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(told).items():
                self.cookies[name] = morsel.value
        return answer

    async def _answer(self, method: str, path: str, more: dict[str, Any]) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url=self.store.settings.base_url
        ) as client:
            return await client.request(method, path, **more)


@contextmanager
def world_in(folder: Path, port: int = PORT) -> Iterator[World]:
    """A store begun in `folder`."""
    begun = init(folder / "store", folder / "offline", "Store for tests", port)
    store = load(begun.folder, cost=Cost(log2_n=4, r=1, p=1), checker=CheckerHere())
    publisher = new_signing_key()
    store.publishers.enrol("RZZ", "St Elsewhere's Hospital", [publisher.public])
    targets = [read_signing_key(begun.offline / f"targets-{number}.pem") for number in (1, 2)]
    people = {}
    for name, role in (("clinical", Role.clinical_safety), ("security", Role.security)):
        key = new_signing_key()
        enrolled = store.assessors.enrol(f"Dr {name.title()}", role, key.public, targets, name, organisation="X26")
        people[name] = Person(name, enrolled.password or "", key)
    yield World(store, publisher, people, site(Counter(store)))
