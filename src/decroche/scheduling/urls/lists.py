"""Addresses of the waiting list and of the mass moves."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
