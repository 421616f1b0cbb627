"""A doctor's screen at the pretend Millennium: who they are, who is in, and a button for each app on each patient."""

from html import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tabard.sandbox.millennium.charting import Charting
from tabard.sandbox.millennium.launches import Launches
from tabard.sandbox.pages import button, page, table

_COOKIE = "pretend-millennium-doctor"
_AUTHORIZE = "/tenants/{tenant}/protocols/oauth2/profiles/smart-v1/personas/provider/authorize"


class Screen:
    """Pages without a password: nobody is anybody here."""

    def __init__(self, launches: Launches, charting: Charting) -> None:
        self._launches = launches
        self._charting = charting

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/screen", self._show),
            Route("/screen/sign-in", self._sign_in, methods=["POST"]),
            Route("/screen/open", self._open, methods=["POST"]),
            Route(_AUTHORIZE, self._authorize, methods=["GET", "POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        doctors = dict(self._charting.doctors())
        doctor = request.cookies.get(_COOKIE, "")
        others = "".join(button("/screen/sign-in", f"Sign in as {name}", {"id": id_}) for id_, name in doctors.items())
        if doctor not in doctors:
            return page("Pretend Millennium", "<p>Nobody is signed in.</p>", others)
        rows = [
            (
                escape(visit.name),
                escape(visit.beds[-1].words),
                *(
                    button(
                        "/screen/open",
                        f"Open {app.id} on {visit.name}",
                        {"app": app.id, "patient": visit.patient, "encounter": visit.id},
                    )
                    for app in self._launches.apps
                ),
            )
            for visit in self._charting.inpatients()
        ]
        who = f"<p>Signed in as {escape(doctors[doctor])}</p>"
        return page("Pretend Millennium", who, table("Inpatients", rows), others)

    async def _sign_in(self, request: Request) -> Response:
        form = await request.form()
        answer = RedirectResponse("/screen", 303)
        answer.set_cookie(_COOKIE, str(form.get("id", "")), httponly=True, samesite="lax")
        return answer

    async def _open(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        doctor = request.cookies.get(_COOKIE, "")
        if not doctor or form.get("app") not in {app.id for app in self._launches.apps}:
            return RedirectResponse("/screen", 303)
        address = self._launches.open(form["app"], doctor, form.get("patient", ""), form.get("encounter", ""))
        return RedirectResponse(address, 303)

    async def _authorize(self, request: Request) -> Response:
        given = request.query_params if request.method == "GET" else await request.form()
        asked = {name: str(value) for name, value in given.items()}
        back = self._launches.authorize(asked, request.cookies.get(_COOKIE))
        if back is None:
            return PlainTextResponse("urn:cerner:error:authorization-server:oauth2:grant:invalid-client", 400)
        return RedirectResponse(back, 303)
