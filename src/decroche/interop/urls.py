"""Addresses of the room; ids and dates only, never anything about a patient."""

from django.urls import path

from decroche.interop.web import calendar, feeds

app_name = "interop"
urlpatterns = [
    path("<int:practice_id>/calendars/", feeds.feeds, name="feeds"),
    path("calendars/<int:feed_id>/close/", feeds.revoke, name="revoke_feed"),
    path("calendar/<str:token>.ics", calendar.calendar, name="feed"),
]
