"""Pages that a browser packed into one file with all their parts: MHTML of Chrome and Edge, Safari's web archives."""

from __future__ import annotations

import email
import plistlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC
from email.message import Message
from email.utils import parsedate_to_datetime

from cleaner.article import Raw
from cleaner.options import Options
from cleaner.read.read_errors import NoText
from cleaner.read.task import Lost, Split

__all__ = ["parse_mhtml", "parse_webarchive"]

_PAGES = ("text/html", "application/xhtml+xml")


def parse_mhtml(data: bytes, split: Split, options: Options) -> Iterator[Raw | Lost]:
    """Yield the page of an MHTML file, which has the form of an e-mail: its root part, else the first part that is a
    page.

    A header has the address of the page, and the date of the e-mail says when it was saved. Raises NoText where no part
    is a page.
    """
    message = email.message_from_bytes(data)
    parts = [part for part in message.walk() if part.get_content_type() in _PAGES]
    root = [part for part in parts if part["Content-ID"] and part["Content-ID"] == message.get_param("start")]
    if not parts:
        raise NoText("The file packs no page.", "Nothing to do, unless another part of it holds the text.")
    page: Message = (root or parts)[0]
    body = page.get_payload(decode=True)
    saved = ""  # in ISO 8601 and UTC
    with suppress(ValueError, TypeError, OverflowError):  # of a header that is no date
        saved = parsedate_to_datetime(str(message["Date"])).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    yield Raw(
        split.source,
        0,
        body if isinstance(body, bytes) else b"",
        options.content != "plain",
        page.get_content_charset() or "",
        url=_address(message["Snapshot-Content-Location"] or page["Content-Location"]),
        form="packed page",
        crawled=saved,
    )


def _address(header: str | None) -> str:
    """Return a header's address on the web; files on a disk and parts of the packed file have none."""
    url = "".join(str(header or "").split())  # long ones are folded over lines
    return url if url.startswith(("http://", "https://")) else ""


def parse_webarchive(data: bytes, split: Split, options: Options) -> Iterator[Raw | Lost]:
    """Yield the page of a web archive, which is a property list. Raises NoText where it holds none."""
    page = plistlib.loads(data).get("WebMainResource", {})
    if page.get("WebResourceMIMEType") not in _PAGES:
        raise NoText("The file packs no page.", "Nothing to do; it holds no article.")
    body, charset = page["WebResourceData"], page.get("WebResourceTextEncodingName") or ""
    url = _address(page.get("WebResourceURL"))
    yield Raw(split.source, 0, body, options.content != "plain", charset, url=url, form="packed page")
