"""Addresses of the agenda, by subject; ids and dates only, never anything about a patient."""

from decroche.scheduling.urls import agenda, booking, lists, settings

app_name = "agenda"
# What a caller waits for comes first: addresses are tried one after the other.
urlpatterns = [*booking.patterns, *agenda.patterns, *settings.patterns, *lists.patterns]
