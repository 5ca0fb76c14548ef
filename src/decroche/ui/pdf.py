"""Turn a page into a PDF with WeasyPrint; it fetches nothing but the house's own static files."""

from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders


class PdfUnavailable(Exception):
    """WeasyPrint's system libraries (Pango) are not on this machine; `decroche doctor` says how to install them."""


def write_pdf(html: str) -> bytes:
    """Return the PDF of a whole HTML page; raises `PdfUnavailable`.

    Addresses under `static/` are read from the built files; any other address is refused, so a page can make the
    server ask nothing of anybody.
    """
    try:
        from weasyprint import HTML  # noqa: PLC0415 — here, where its libraries may be missing
    except OSError as missing:  # WeasyPrint loads Pango when it is imported
        raise PdfUnavailable(str(missing)) from missing
    written: bytes = HTML(string=html, base_url="house:///", url_fetcher=_fetch).write_pdf()
    return written


def _fetch(url: str, *_: Any, **__: Any) -> dict[str, Any]:
    name = url.removeprefix("house:///static/")
    path = finders.find(name) if name != url else None
    if path is None:
        raise ValueError(f"a PDF does not fetch {url[:80]}")
    return {"string": Path(path).read_bytes(), "mime_type": "text/css" if name.endswith(".css") else None}
