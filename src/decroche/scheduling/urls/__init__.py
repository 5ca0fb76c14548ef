"""Addresses of the agenda, by subject; ids and dates only, never anything about a patient."""

from decroche.scheduling.urls import agenda, booking, lists, settings

app_name = "agenda"
urlpatterns = [*agenda.patterns, *booking.patterns, *settings.patterns, *lists.patterns]
