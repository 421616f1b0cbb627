"""A gateway that lives in the browser's routing: a product meets it as it would the real one, and it can be made to fail."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Page, Route

from tabard.product import policy_of, read_manifest

PRODUCTS = Path(__file__).resolve().parents[2] / "products"
BOARD = PRODUCTS / "ward-board"
BASE = "http://localhost:8499"
WARD = "ward-1"
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

Resource = dict[str, Any]


def ago(**span: float) -> str:
    """A FHIR dateTime so long before now."""
    return (datetime.now(UTC) - timedelta(**span)).isoformat(timespec="seconds")


def bed(name: str) -> Resource:
    return {
        "resourceType": "Location",
        "id": f"bed-{name}",
        "name": name,
        "partOf": {"reference": f"Location/{WARD}"},
    }


def patient(key: str, family: str, given: str, number: str | None = "9990000018", status: str = "01") -> Resource:
    verified = {"valueCodeableConcept": {"coding": [{"code": status}]}, "url": "status"}
    nhs = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": number, "extension": [verified]}
    return {
        "resourceType": "Patient",
        "id": key,
        "name": [{"use": "official", "family": family, "given": [given], "prefix": ["Mrs"]}],
        "birthDate": "1948-03-12",
        "gender": "female",
        "identifier": [nhs] if number else [],
    }


def doctor() -> Resource:
    name = {"prefix": ["Dr"], "given": ["Jaya"], "family": "Mistry"}
    return {"resourceType": "Practitioner", "id": "doctor", "name": [name]}


def visit(key: str, who: str, *places: tuple[str | None, str, str | None]) -> Resource:
    """A visit with its stays, each a bed (None: the ward without one), a start, and an end (None: now)."""
    return {
        "resourceType": "Encounter",
        "id": key,
        "status": "in-progress",
        "subject": {"reference": f"Patient/{who}"},
        "participant": [{"type": [{"coding": [{"code": "ATND"}]}], "individual": {"reference": "Practitioner/doctor"}}],
        "location": [
            {
                "location": {"reference": f"Location/{place}"},
                "status": "completed" if end else "active",
                "period": {"start": start, **({"end": end} if end else {})},
            }
            for name, start, end in places
            for place in ([WARD, f"bed-{name}"] if name else [WARD])
        ],
    }


class PretendGateway:
    """Holds what a product may see; `feed` is the header, `fails` a status to answer with, or `cut`, `refreshes` their number."""

    product = BOARD
    launched: Resource = {"fhirContext": [{"reference": f"Location/{WARD}"}]}  # noqa: RUF012  a constant of the class

    def __init__(self, context: BrowserContext) -> None:
        manifest = read_manifest(self.product)
        self.origin = f"http://{manifest.id}.localhost:8499"
        self._policy = "; ".join(f"{name} {value}" for name, value in policy_of(manifest, BASE).items())
        self._cors = {"Access-Control-Allow-Origin": self.origin, "Access-Control-Expose-Headers": "Tabard-Feed"}
        self.resources: list[Resource] = [
            {"resourceType": "Location", "id": WARD, "name": "Fern"},
            *(bed(name) for name in ("A1", "A2", "A10")),
            doctor(),
        ]
        self.feed: str | None = f'"lorenzo";state=live;last="{ago(seconds=20)}"'
        self.fails: int | str | None = None
        self.page_size = 100
        self.refreshes = 0
        self.outside: list[str] = []
        context.route("**/*", self._answer)

    def open_board(self, page: Page) -> None:
        """Launch the product as the portal would."""
        page.goto(f"{self.origin}/launch.html?iss={BASE}/fhir&launch=once")

    def _answer(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        if route.request.url.startswith(f"{self.origin}/"):
            self._file(route, url.path)
        elif not route.request.url.startswith(f"{BASE}/"):
            self.outside.append(route.request.url)
            route.abort()
        elif url.path == "/fhir/.well-known/smart-configuration":
            ends = {"authorization_endpoint": f"{BASE}/auth/authorize", "token_endpoint": f"{BASE}/auth/token"}
            self._json(route, {**ends, "code_challenge_methods_supported": ["S256"], "capabilities": []})
        elif url.path == "/auth/authorize":
            asked = parse_qs(url.query)
            assert asked["code_challenge_method"] == ["S256"]
            back = f"{asked['redirect_uri'][0]}?code=c&state={asked['state'][0]}"
            # what a redirect leads to is asked past this routing, and Chromium tries again only a second later
            route.fulfill(content_type="text/html", body=f"<script>location.replace({json.dumps(back)})</script>")
        elif url.path == "/auth/token":
            self._token(route)
        else:
            self._fhir(route)

    def _token(self, route: Route) -> None:
        """A token; a refresh token is good once, and another comes with each answer."""
        asked = parse_qs(route.request.post_data or "")
        if asked["grant_type"] == ["refresh_token"]:
            if asked["refresh_token"] != [f"r{self.refreshes}"]:
                self._json(route, {"error": "invalid_grant"}, status=400)
                return
            self.refreshes += 1
        told = {"access_token": "t", "token_type": "Bearer", "expires_in": 900, "scope": "launch online_access"}
        self._json(route, {**told, "refresh_token": f"r{self.refreshes}", **self.launched})

    def _fhir(self, route: Route) -> None:
        if route.request.method == "OPTIONS":
            allowed = {**self._cors, "Access-Control-Allow-Headers": "Authorization, Accept"}
            route.fulfill(status=204, headers=allowed)
        elif self.fails == "cut":
            route.abort("connectionrefused")
        elif self.fails is not None:
            self._json(route, {"resourceType": "OperationOutcome"}, status=int(self.fails))
        else:
            self._search(route)

    def _search(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        asked = parse_qs(url.query)
        kinds = {"Location"} if url.path.endswith("/Location") else {"Encounter", "Patient", "Practitioner", "Location"}
        found = [one for one in self.resources if one["resourceType"] in kinds]
        start = int(asked.get("start", ["0"])[0])
        links = []
        if start + self.page_size < len(found):
            links.append({"relation": "next", "url": f"{BASE}{url.path}?start={start + self.page_size}"})
        entries = [{"resource": one} for one in found[start : start + self.page_size]]
        self._json(route, {"resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries})

    def _json(self, route: Route, body: object, status: int = 200) -> None:
        feed = {"Tabard-Feed": self.feed} if self.feed else {}
        headers = {**self._cors, **feed, "Content-Type": "application/fhir+json"}
        route.fulfill(status=status, headers=headers, body=json.dumps(body))

    def _file(self, route: Route, path: str) -> None:
        file = self.product / path.lstrip("/")
        if not file.is_file():
            route.fulfill(status=404, body="")
            return
        headers = {"Content-Security-Policy": self._policy, "Content-Type": _TYPES.get(file.suffix, "text/plain")}
        route.fulfill(status=200, headers=headers, body=file.read_bytes())
