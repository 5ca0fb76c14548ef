"""Give the doors of teams, policies, filters and rules their addresses."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
