"""Serve the one choice that belongs to the layout itself."""

from django.urls import path

from decroche.ui.web.language import language

app_name = "ui"
urlpatterns = [path("language/", language, name="language")]
