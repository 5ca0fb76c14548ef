"""Show practices: the list, the card, the way to the door."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.practices import queries
from decroche.practices.actions.update_access_card import update_access_card
from decroche.practices.models import AccessCard, Practice, Site
from decroche.practices.web.forms import AccessCardForm

MOST_LISTED = 500


@require_GET
@requires(Permission.SEE_PRACTICE)
def home(request: PersonRequest) -> HttpResponse:
    """List the practices that one may see; ``?q=`` narrows by name, town or practitioner."""
    text = request.GET.get("q", "").strip()[: queries.LONGEST_SEARCH]
    practice_ids = request.access.practices_for(Permission.SEE_PRACTICE)
    hits = queries.find(text, practice_ids, limit=MOST_LISTED)
    return render(request, "practices/home.html", {"hits": hits, "text": text, "all": len(practice_ids)})


@require_GET
@requires(Permission.SEE_PRACTICE)
def detail(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show a practice's sites, practitioners and lines."""
    try:
        practice = queries.practice_card(practice_id)
    except Practice.DoesNotExist as missing:
        raise Http404 from missing
    sites = [(site, queries.spoken_directions(site)) for site in practice.sites.all()]
    may_edit = request.access.allows(Permission.EDIT_PRACTICE, practice.pk)
    return render(
        request, "practices/detail.html", {"practice": practice, "sites": sites, "may_edit": may_edit}
    )


@require_GET
@requires(Permission.SEE_PRACTICE)
def access_card(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show what is read aloud to somebody who cannot find the door."""
    practice = get_object_or_404(Practice, pk=practice_id)
    sites = [(site, queries.spoken_directions(site)) for site in queries.sites_of(practice.pk)]
    context = {
        "practice": practice,
        "sites": sites,
        "may_send": request.access.allows(Permission.SEND_MESSAGE, practice.pk),
        "may_edit": request.access.allows(Permission.EDIT_PRACTICE, practice.pk),
    }
    return render(request, "practices/access_card.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_PRACTICE)
def edit_access_card(request: PersonRequest, site_id: int) -> HttpResponse:
    """Correct the way to a site's door."""
    site = get_object_or_404(Site.objects.select_related("practice", "access_card"), pk=site_id)
    card = getattr(site, "access_card", None) or AccessCard(site=site)
    form = AccessCardForm(request.POST if request.method == "POST" else None, instance=card)
    context = {"site": site, "practice": site.practice, "form": form}
    if not form.is_bound:
        return render(request, "practices/edit_access_card.html", context)
    if not form.is_valid():
        return render(request, "practices/edit_access_card.html", context, status=422)
    update_access_card(site=site, values=form.cleaned_data)
    messages.success(request, _("Fiche d’accès enregistrée."))
    return redirect("practices:detail", practice_id=site.practice_id)
