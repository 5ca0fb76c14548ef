"""Serve the web process: the event stream first, Django for the rest."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "decroche.config.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from decroche.foundation.live.stream import Receive, Scope, Send, live  # noqa: E402


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Route one connection."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/live/":
        await live(scope, receive, send)
    else:
        await django_application(scope, receive, send)  # type: ignore[arg-type]


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
