"""Show and change who one is."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from decroche.accounts.domain.countries import is_in_eea
from decroche.accounts.forms import PreferencesForm
from decroche.accounts.guard import PersonRequest, signed_in
from decroche.accounts.middleware import YEAR_SECONDS
from decroche.accounts.models import User


@signed_in
def profile(request: PersonRequest) -> HttpResponse:
    """Keep the person's name, country, language, zone and theme."""
    person = User.objects.get(pk=request.user.pk)
    form = PreferencesForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(person.language):
            messages.success(request, _("C’est enregistré."))
        response = HttpResponseRedirect(reverse("accounts:profile"))
        response.set_cookie("theme", person.theme, max_age=YEAR_SECONDS, samesite="Lax")
        return response
    status = 422 if form.errors else 200
    return render(
        request, "accounts/profile.html", {"form": form, "in_eea": is_in_eea(person.country)}, status=status
    )
