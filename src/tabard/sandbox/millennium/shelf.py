"""The shelf: reading and searching the chart, and writing into it, as answers."""

from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl
from uuid import uuid4

from starlette.responses import Response

from tabard.fhir import NotJson, Resource, decode
from tabard.ground.time import Clock
from tabard.sandbox.millennium import answers
from tabard.sandbox.millennium.chart import Chart, Held
from tabard.sandbox.millennium.numbers import Numbers
from tabard.sandbox.millennium.paging import Page, PageGone, Paging
from tabard.sandbox.millennium.queries import RefusedSearch, read_query
from tabard.sandbox.millennium.refusals import Refusals
from tabard.sandbox.millennium.rules import RULES
from tabard.sandbox.millennium.searching import TooMany, find
from tabard.sandbox.millennium.writing import Unfit, id_of, must_be_fit, taken

_SAYS_MODE = {"DiagnosticReport"}
"""Types whose bundles say that an entry is a match; the others leave it out."""


class Shelf:
    """Answers for the chart at `base`. Whoever asks was let in already."""

    def __init__(self, chart: Chart, base: str, clock: Clock, refusals: Refusals, numbers: Numbers) -> None:
        self._chart = chart
        self._base = base
        self._clock = clock
        self._refusals = refusals
        self._numbers = numbers
        self._paging = Paging(chart, clock, lambda: str(uuid4()))

    def read(self, type_: str, id_: str, kind: str) -> Response:
        """One resource by its id."""
        held = self._chart.get(type_, id_)
        if held is None:
            return answers.outcome(404, "not-found", "there is no such resource")
        return answers.resource(held.resource, kind, held)

    def search(self, type_: str, asked: str, kind: str) -> Response:
        """A page of what a search finds, or its refusal."""
        parameters = parse_qsl(asked, keep_blank_values=True)
        try:
            with self._chart.lock:
                return answers.resource(self._bundle(type_, self._page(type_, asked, parameters)), kind)
        except PageGone:
            return self._refused(type_, parameters, RefusedSearch("this page link is not known, or no longer"))
        except RefusedSearch as refused:
            return self._refused(type_, parameters, refused)
        except TooMany:
            self._refusals.add(type_, [name for name, _ in parameters], "more than 1,000 patients")
            return answers.outcome(422, "too-costly", "more than 1,000 patients qualify")

    def create(self, type_: str, raw: bytes) -> Response:
        """A new resource, a new one each time: nothing is looked up first, whatever the headers ask."""
        return self._writing(type_, lambda: self._create(type_, _body(raw)))

    def update(self, type_: str, id_: str, raw: bytes, if_match: str | None) -> Response:
        """Another version in the place of the one that `if_match` names; what the body lacks is gone."""
        return self._writing(type_, lambda: self._update(type_, id_, _body(raw), if_match))

    def _page(self, type_: str, asked: str, parameters: Sequence[tuple[str, str]]) -> Page:
        context, way = RULES[type_].page_words
        told = dict(parameters)
        if context in told:
            return self._paging.follow(type_, asked, told[context], told.get(way, ""))
        query = read_query(type_, parameters)
        return self._paging.first(type_, asked, find(self._chart, query), query.count)

    def _bundle(self, type_: str, page: Page) -> Resource:
        bundle: Resource = {
            "resourceType": "Bundle",
            "id": str(uuid4()),
            "type": "searchset",
            "link": [
                {"relation": relation, "url": f"{self._base}/{type_}?{asked}" if asked else f"{self._base}/{type_}"}
                for relation, asked in page.links
            ],
        }
        return {**bundle, "entry": [self._entry(type_, held) for held in page.held]} if page.held else bundle

    def _entry(self, type_: str, held: Held) -> Resource:
        entry: Resource = {"fullUrl": f"{self._base}/{type_}/{held.resource['id']}", "resource": held.resource}
        return {**entry, "search": {"mode": "match"}} if type_ in _SAYS_MODE else entry

    def _refused(self, type_: str, parameters: Sequence[tuple[str, str]], refused: RefusedSearch) -> Response:
        self._refusals.add(type_, [name for name, _ in parameters], refused.why)
        if refused.is_plain:
            return answers.plain(400, refused.why)
        return answers.outcome(400, refused.code, refused.why)

    def _writing(self, type_: str, write: Callable[[], Response]) -> Response:
        try:
            with self._chart.lock:
                return write()
        except Unfit as unfit:
            self._refusals.add(type_, (), unfit.why)
            return answers.outcome(unfit.status, unfit.code, unfit.why)

    def _create(self, type_: str, body: Resource) -> Response:
        must_be_fit(type_, body, self._chart)
        id_ = id_of(body, lambda: self._numbers.next("written"))
        held = self._chart.put({**taken(body), "id": id_}, self._clock())
        return answers.written(201, held, f"{self._base}/{type_}/{id_}")

    def _update(self, type_: str, id_: str, body: Resource, if_match: str | None) -> Response:
        before = self._chart.get(type_, id_)
        if before is None:
            return answers.outcome(404, "not-found", "there is no such resource")
        if if_match is None:
            return answers.outcome(412, "required", "If-Match is needed")
        if if_match != before.etag:
            return answers.outcome(409, "conflict", "the resource has another version by now")
        if body.get("id") != id_:
            raise Unfit(400, "invalid", "the id of the body is not that of the address")
        must_be_fit(type_, body, self._chart, before.resource)
        return answers.written(200, self._chart.put(taken(body), self._clock()))


def _body(raw: bytes) -> Resource:
    try:
        return decode(raw)
    except NotJson:
        raise Unfit(400, "structure", "the body is not JSON") from None
