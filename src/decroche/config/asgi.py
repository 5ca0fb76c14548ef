"""Serve the web process: the event stream first, Django for the rest.

Django runs as WSGI in a few threads that live as long as the process and keep their database connections. Its own ASGI
handler gives each request a fresh thread, hence a fresh connection, or a pool of connections that can run dry (ADR 11).
"""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "decroche.config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from decroche.foundation.serving import InThreads, Receive, Scope, Send

django_application = InThreads(get_wsgi_application(), threads=settings.WEB_THREADS)

from decroche.foundation.live.stream import live  # noqa: E402


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Route one connection."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/live/":
        await live(scope, receive, send)
    else:
        await django_application(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            _settle()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _settle() -> None:
    """Read what the first request would, then leave all that is loaded out of the collector's rounds for good.

    A full round over the house's own modules holds every thread for a tenth of a second.
    """
    get_resolver()._populate()  # noqa: SLF001 — the addresses, which are read lazily
    gc.collect()
    gc.freeze()
