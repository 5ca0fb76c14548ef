"""Say whether this process can serve."""

from django.urls import path

from decroche.foundation.health import healthz

urlpatterns = [path("", healthz, name="healthz")]
