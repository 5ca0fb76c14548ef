"""Give the doors of how each line answers their addresses."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
