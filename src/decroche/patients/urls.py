"""Give the patients' screens their addresses; what is searched never stands in one."""

from django.urls import path

from decroche.patients.web import editing, finding

app_name = "patients"

urlpatterns = [
    path("<int:practice_id>/panel/", finding.panel, name="panel"),
    path("<int:practice_id>/search/", finding.search_box, name="search"),
    path("<int:practice_id>/callers/", finding.callers, name="callers"),
    path("<int:practice_id>/new/", editing.new, name="new"),
    path("<int:practice_id>/create/", editing.create, name="create"),
    path("card/<int:patient_id>/", finding.card, name="card"),
    path("card/<int:patient_id>/edit/", editing.edit, name="edit"),
    path("<int:patient_id>/", finding.detail, name="detail"),
]
