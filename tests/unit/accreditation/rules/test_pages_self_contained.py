"""pages-self-contained: nothing from another host, and nothing that the pages' own policy stops."""

import pytest

from tabard.accreditation import CouldNot, PageSeen
from unit.accreditation.tiny import FILES, PAGE, Saw, failing, tiny

ELSEWHERE = "elsewhere.example"


def with_head(more: str) -> str:
    return PAGE.replace("</head>", f"\n{more}\n</head>")


def test_a_page_of_files_of_its_own_passes() -> None:
    """The tiny product loads a style and a script of its own."""
    assert "pages-self-contained" not in failing(tiny())


@pytest.mark.parametrize(
    "more",
    [
        f'<script src="https://{ELSEWHERE}/a.js"></script>',
        f'<script src="//{ELSEWHERE}/a.js"></script>',
        f'<script src="/\\{ELSEWHERE}/a.js"></script>',
        f'<script src=" \thttps://{ELSEWHERE}/a.js"></script>',
        f'<link rel="preconnect" href="https://{ELSEWHERE}">',
        f'<link rel="stylesheet" href="https://{ELSEWHERE}/a.css">',
        f'<base href="https://{ELSEWHERE}/">',
        f'<meta http-equiv="refresh" content="0; url=https://{ELSEWHERE}/">',
        f'<img alt="" srcset="small.png 1x, https://{ELSEWHERE}/large.png 2x">',
        f'<form action="https://{ELSEWHERE}/"></form>',
        '<img alt="" src="data:image/png;base64,AAAA">',
        '<iframe title="x" src="other.html"></iframe>',
        '<object data="x.svg"></object>',
        "<script>alert(1)</script>",
        '<script type="importmap">{}</script>',
        '<p onclick="go()">x</p>',
        '<a href="java\nscript:go()">x</a>'.replace("a href", "img src"),
        "<style>p { color: red }</style>",
        '<p style="color: red">x</p>',
    ],
)
def test_what_the_browser_would_load_or_stop_fails_this_rule_alone(more: str) -> None:
    """Another host by any spelling, a script or a style in the page, a frame."""
    told = failing(tiny({"index.html": with_head(more)}))
    assert told.keys() == {"pages-self-contained"}
    assert all(one.startswith("fail index.html:") for one in told["pages-self-contained"])


@pytest.mark.parametrize(
    "more",
    [
        f'<a href="https://{ELSEWHERE}/">more</a>',
        '<script type="application/json">{"a": "https://elsewhere.example"}</script>',
        f"<p>https://{ELSEWHERE}/</p>",
        f'<link rel="license" href="https://{ELSEWHERE}/">',
    ],
)
def test_what_loads_nothing_passes(more: str) -> None:
    """A link that a person may follow, data, text."""
    assert failing(tiny({"index.html": with_head(more)})) == {}


@pytest.mark.parametrize(
    "more",
    [
        f"@import 'https://{ELSEWHERE}/a.css';",
        f"p {{ background: url(https://{ELSEWHERE}/a.png) }}",
        f'p {{ background: url("//{ELSEWHERE}/a.png") }}',
        f"p {{ background: url(\\68ttps://{ELSEWHERE}/a.png) }}",
        "p { background: url(data:image/png;base64,AAAA) }",
    ],
)
def test_a_style_that_loads_from_elsewhere_fails(more: str) -> None:
    """By import or by address, plain or escaped; an image in the style only where it is asked for."""
    told = failing(tiny({"app.css": f"/* a */\n{more}\n"}))
    assert told == {"pages-self-contained": ["fail app.css:2"]}


@pytest.mark.parametrize(
    "more",
    [
        f'import {{ a }} from "https://{ELSEWHERE}/a.js";',
        f'import "//{ELSEWHERE}/a.js";',
        f'import("https://{ELSEWHERE}/a.js");',
        f"fetch('https://{ELSEWHERE}/');",
        f'new WebSocket("wss://{ELSEWHERE}/");',
        f'image.src = "https://{ELSEWHERE}/a.png";',
        f'request.open("GET", "https://{ELSEWHERE}/");',
        f'location = "https://{ELSEWHERE}/";',
        "new RTCPeerConnection({ iceServers });",
    ],
)
def test_a_script_that_names_another_host_where_it_loads_fails(more: str) -> None:
    """What can be told without running it."""
    told = failing(tiny({"app.js": FILES["app.js"].decode() + more + "\n"}))
    assert told == {"pages-self-contained": ["fail app.js:2"]}


def test_the_address_of_a_code_system_is_no_load() -> None:
    """FHIR names things by addresses."""
    more = 'const system = "https://fhir.nhs.uk/Id/nhs-number"; if (a.system === "http://loinc.org") fetch(url);\n'
    assert failing(tiny({"app.js": FILES["app.js"].decode() + more})) == {}


def test_what_is_asked_for_is_let_be() -> None:
    """Inline styles and images in the page, where the manifest asks for them."""
    asked = {
        'scopes = ["launch", "user/Encounter.rs"]': 'scopes = ["launch", "user/Encounter.rs"]\nallows = ["inline-styles", "data-images"]'
    }
    page = with_head(
        '<style>p { background: url(data:image/png;base64,AAAA) }</style><img alt="" src="data:image/png;base64,AAAA">'
    )
    assert failing(tiny({"index.html": page}, asked)) == {}


@pytest.mark.parametrize(
    "seen",
    [PageSeen("", 0, refused=("https://elsewhere.example/",)), PageSeen("", 0, blocked=("script-src stopped eval",))],
)
def test_what_a_browser_saw_fails_too(seen: PageSeen) -> None:
    """An address put together at run time, or something that the policy stopped."""
    told = failing(tiny(), Saw(seen))
    assert told == {"pages-self-contained": ["fail index.html at 1280 px", "fail index.html at 400 px"]}


def test_without_a_browser_it_is_not_assessed() -> None:
    """The files were read, and that alone is no pass."""
    told = failing(tiny(), Saw(could_not=CouldNot("no browser", "get one")))
    assert told["pages-self-contained"] == ["not_assessed the pages in a browser"]


def test_a_page_that_hangs_is_not_assessed() -> None:
    """A page that was not judged never passes."""
    told = failing(tiny(), Saw(PageSeen("", 0, fault="it did not come to rest")))
    assert set(told) == {"pages-self-contained", "pages-accessible"}
    assert all(one.startswith("not_assessed") for places in told.values() for one in places)
