"""Turn a page into a PDF with WeasyPrint; it fetches nothing but the house's own static files."""

from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders

_BASE = "file:///"  # a scheme that joins; nothing is read at that address
_STATIC = f"{_BASE}static/"


class PdfUnavailable(Exception):
    """WeasyPrint's system libraries (Pango) are not on this machine; `decroche doctor` says how to install them."""


def write_pdf(html: str, *, styles: Path | None = None) -> bytes:
    """Return the PDF of a whole HTML page, with one more style sheet perhaps; raises `PdfUnavailable`.

    Addresses under `static/` are read from the built files; any other address is refused, so a page can make the
    server ask nothing of anybody.
    """
    try:
        from weasyprint import CSS, HTML  # noqa: PLC0415 — here, where its libraries may be missing
        from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415
    except OSError as missing:  # WeasyPrint loads Pango when it is imported
        raise PdfUnavailable(str(missing)) from missing

    class HouseOnly(URLFetcher):  # type: ignore[misc]
        """Read our own files."""

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            del headers
            path = finders.find(url.removeprefix(_STATIC)) if url.startswith(_STATIC) else None
            if path is None:
                raise ValueError(f"a PDF does not fetch {url[:80]}")
            kind = {"Content-Type": "text/css"} if path.endswith(".css") else {}
            return URLFetcherResponse(url, Path(path).read_bytes(), kind)

    page = HTML(string=html, base_url=_BASE, url_fetcher=HouseOnly(fail_on_errors=True))
    written: bytes = page.write_pdf(stylesheets=[CSS(filename=str(styles))] if styles else None)
    return written
