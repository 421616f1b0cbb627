"""A browser without a window: signs in, follows forms, keeps cookies, over ASGI."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
from starlette.types import ASGIApp


@dataclass
class Surfer:
    """Asks one application, as one browser would; `https` cookies are kept although the test speaks plain HTTP."""

    app: ASGIApp
    base: str = "http://localhost:8000"
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """One request; its cookies are kept."""

        async def asking() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=("10.0.0.1", 50_000))
            async with httpx.AsyncClient(transport=transport, base_url=self.base) as client:
                told = {
                    "cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                    **(headers or {}),
                }
                return await client.request(method, url, data=form, headers=told)

        answer = asyncio.run(asking())
        for cookie in answer.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def get(self, url: str, **headers: str) -> httpx.Response:
        """A page."""
        return self.ask("GET", url, headers=headers)

    def post(self, url: str, form: Mapping[str, str], **headers: str) -> httpx.Response:
        """A form."""
        return self.ask("POST", url, form, headers)

    def sign_in(self, username: str, password: str, **more: str) -> httpx.Response:
        """Fill in the sign-in page."""
        token = token_in(self.get("/sign-in").text)
        return self.post("/sign-in", {"token": token, "username": username, "password": password, "next": "/", **more})


def token_in(page: str) -> str:
    """The token of a page's first form."""
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    return found[1]
