"""Answer what went wrong with a French sentence, what to do next, and nothing about anybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token


def _page(request: HttpRequest, *, status: int, icon: str, title: str, text: str) -> HttpResponse:
    """Return a whole page, or a strip when the request came from a panel."""
    partial = bool(request.headers.get("HX-Request"))
    template = "ui/_error.html" if partial else "ui/error.html"
    response = render(request, template, {"icon_name": icon, "title": title, "text": text}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        status=400,
        icon="circle-help",
        title=_("Cette demande est incomplète"),
        text=_("Revenez à la page précédente et recommencez. Rien n’a été modifié."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        status=403,
        icon="lock",
        title=_("Cette page ne vous est pas ouverte"),
        text=_(
            "Si elle devrait l’être, demandez à la responsable de votre secrétariat. Rien n’a été modifié."
        ),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        status=404,
        icon="search",
        title=_("Cette page n’existe pas ou plus"),
        text=_("Le lien a pu changer, ou le mandat de ce cabinet est terminé."),
    )


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Answer without the database: a plain template, no context processor that could fail again."""
    from django.template import loader  # noqa: PLC0415 - the less is loaded here before trouble, the better

    partial = bool(request.headers.get("HX-Request"))
    template = "ui/_error.html" if partial else "ui/500.html"
    context = {
        "icon_name": "refresh-cw",
        "title": _("Un imprévu de notre côté"),
        "text": _("Ce qui était enregistré l’est toujours. Réessayez dans un instant."),
    }
    return HttpResponse(loader.render_to_string(template, context), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Say that the form was open for too long (settings.CSRF_FAILURE_VIEW)."""
    return _page(
        request,
        status=403,
        icon="clock",
        title=_("Cette page est restée ouverte trop longtemps"),
        text=_("Rechargez-la, puis recommencez. Rien n’a été modifié."),
    )
