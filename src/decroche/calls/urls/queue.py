"""Give the doors of who waits, who is to be called back, what was recorded their addresses."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
