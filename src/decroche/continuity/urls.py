"""Addresses of the room; ids and dates only, never anything about a patient."""

from django.urls import path

from decroche.continuity.web import paper, returning, screens

app_name = "continuity"
urlpatterns = [
    path("", screens.start, name="start"),
    path("worker.js", screens.worker, name="worker"),
    path("<int:practice_id>/", screens.home, name="home"),
    path("<int:practice_id>/phrase/", screens.phrase, name="phrase"),
    path("<int:practice_id>/seal/", screens.refresh, name="refresh"),
    path("<int:practice_id>/page/", screens.page, name="page"),
    path("<int:practice_id>/sealed/", screens.sealed, name="sealed"),
    path("<int:practice_id>/download/", screens.download, name="download"),
    path("<int:practice_id>/pdf/", paper.pdf, name="pdf"),
    path("<int:practice_id>/captures/", returning.receive, name="receive"),
    path("<int:practice_id>/reconcile/", returning.reconcile, name="reconcile"),
    path("<int:practice_id>/reconcile/clear/", returning.settle_clear, name="settle_clear"),
    path("captures/<int:capture_id>/settle/", returning.settle, name="settle"),
    path("captures/<int:capture_id>/dismiss/", returning.dismiss, name="dismiss"),
    path("captures/<int:capture_id>/take-back/", returning.take_back, name="take_back"),
]
