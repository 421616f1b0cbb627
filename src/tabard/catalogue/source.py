"""Where a catalogue comes from: a web server or a folder, read with bounds on size and time, and believed in nothing."""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from socket import SHUT_RDWR
from threading import Event, Timer
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from tuf.api.exceptions import DownloadError, DownloadHTTPError, SlowRetrievalError
from tuf.ngclient.fetcher import FetcherInterface

from tabard.catalogue.channels import Channel, channel_of, is_marked, path_on
from tabard.ground.authorities import authorities
from tabard.ground.errors import CallerError

_CHUNK_BYTES = 64 * 1024
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait: for an answer or the next bytes of it, for a whole file of metadata, for a whole package."""

    silence_s: float = 10.0
    file_s: float = 60.0
    package_s: float = 900.0


class OtherChannel(DownloadError):  # noqa: N818  the word a reader expects
    """A snapshot or a timestamp that was signed for another channel than this site is pinned to."""


class Source(FetcherInterface):
    """Fetches files by their path within the catalogue. Use it as a context: nothing stays open outside of it."""

    asked: str = ""
    """The path that was asked for last."""

    channel: Channel = Channel.live
    """The channel whose snapshot and timestamp are read; those of another are refused before they are looked at."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close what is open."""

    def download_bytes(self, url: str, max_length: int) -> bytes:
        """The file's bytes, `max_length` at most. Raises DownloadError, and OtherChannel where it was signed for another."""
        raw: bytes = super().download_bytes(url, max_length)
        if is_marked(url) and (told := channel_of(raw)) != self.channel:
            raise OtherChannel(f"signed for the channel {told[:20]!r}")
        return raw

    def _fetch(self, url: str) -> Iterator[bytes]:
        self.asked = url
        return self._read(path_on(self.channel, url))

    def _read(self, path: str) -> Iterator[bytes]:
        raise NotImplementedError


class WebSource(Source):
    """A web server. The environment's proxies are not used, redirects not followed, nothing is unpacked."""

    def __init__(self, base_url: str, patience: Patience) -> None:
        self._base, self._patience = base_url.rstrip("/"), patience
        self._is_tls = base_url.startswith("https:")
        self._client: httpx.Client | None = None
        self._connection: Any = None

    def __enter__(self) -> Self:
        self._client = httpx.Client(
            timeout=self._patience.silence_s,
            verify=authorities() if self._is_tls else False,
            trust_env=False,
            headers={"Accept-Encoding": "identity", "User-Agent": "tabard"},
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self._connection = None

    def _read(self, path: str) -> Iterator[bytes]:
        if self._client is None:
            raise DownloadError("the source is not open")
        patience = self._patience
        is_late = Event()
        alarm = Timer(patience.package_s if path.startswith("packages/") else patience.file_s, self._hang_up, [is_late])
        alarm.daemon = True
        alarm.start()
        try:
            with self._client.stream("GET", f"{self._base}/{path}", extensions={"trace": self._seen}) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise DownloadHTTPError(f"status {answer.status_code}", answer.status_code)
                yield from answer.iter_raw()
        except httpx.TimeoutException as fault:
            raise SlowRetrievalError("no answer in time") from fault
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
            if is_late.is_set():
                raise SlowRetrievalError("the whole was not there in time") from fault
            raise DownloadError(type(fault).__name__) from fault
        finally:
            alarm.cancel()
        if is_late.is_set():
            raise SlowRetrievalError("the whole was not there in time")

    def _seen(self, event: str, told: Mapping[str, Any]) -> None:
        """Remember the connection, for the alarm: a server that trickles bytes is never silent long enough."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._connection = told["return_value"]

    def _hang_up(self, is_late: Event) -> None:
        is_late.set()
        if self._connection is not None:
            with suppress(OSError):
                self._connection.get_extra_info("socket").shutdown(SHUT_RDWR)


class FolderSource(Source):
    """A folder, such as a stick that was carried here. Only plain files inside of it are read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def _read(self, path: str) -> Iterator[bytes]:
        if not self._folder.is_dir():
            raise DownloadError("there is no such folder")
        place = (self._folder / path).resolve()
        try:
            handle = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as fault:
            raise DownloadHTTPError(fault.strerror or "no such file", _NOT_FOUND) from fault
        try:
            if not (place.is_relative_to(self._folder) and stat.S_ISREG(os.fstat(handle).st_mode)):
                raise DownloadError("this is no plain file of the catalogue")
            while chunk := os.read(handle, _CHUNK_BYTES):
                yield chunk
        finally:
            os.close(handle)


def source_of(place: str, patience: Patience, channel: Channel = Channel.live) -> Source:
    """The source that `place` names: a URL of http or https, or the path of a folder; whether it is there is not asked.

    Raises CallerError for another kind of URL.
    """
    address = urlsplit(place)
    source: Source
    if address.scheme in {"http", "https"} and address.hostname:
        source = WebSource(place, patience)
    elif place and "://" not in place:
        source = FolderSource(Path(place))
    else:
        raise _no_source(place)
    source.channel = channel
    return source


def _no_source(place: str) -> CallerError:
    return CallerError(
        "no catalogue can be read from such an address",
        where=place,
        expected="a URL of http or https, or a folder with metadata/, targets/ and packages/",
        remedy="name the address that the centre gave, such as https://store.example/catalogue",
    )
