"""Give the doors of what is done during a call their addresses."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
