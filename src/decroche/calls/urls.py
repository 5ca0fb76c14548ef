"""Give the doors of calls their addresses."""

from django.urls import URLPattern

app_name = "calls"
urlpatterns: list[URLPattern] = []
