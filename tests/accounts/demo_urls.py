"""The addresses as the demo has them: with its entrance."""

from django.urls import include, path

from decroche.accounts.urls import own_patterns
from decroche.accounts.urls import urlpatterns as usual

urlpatterns = [
    path("accounts/", include((own_patterns(mode="demo"), "accounts"))),
    path("ui/", include("decroche.ui.urls")),
    *usual,
]
