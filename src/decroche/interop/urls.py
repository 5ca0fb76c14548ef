"""Addresses of the room; ids and dates only, never anything about a patient."""

from django.urls import URLPattern, URLResolver

app_name = "interop"
urlpatterns: list[URLPattern | URLResolver] = []
