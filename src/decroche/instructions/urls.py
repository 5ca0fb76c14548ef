"""Give the instructions' screens their addresses."""

from django.urls import path

from decroche.instructions.web import asking, emergency, panel

app_name = "instructions"

urlpatterns = [
    path("<int:practice_id>/panel/", panel.panel, name="panel"),
    path("<int:practice_id>/acknowledge/", panel.acknowledge_all, name="acknowledge"),
    path("one/<int:instruction_id>/acknowledge/", panel.acknowledge_one, name="acknowledge_one"),
    path("<int:practice_id>/add/", asking.add, name="add"),
    path("one/<int:instruction_id>/edit/", asking.edit, name="edit"),
    path("one/<int:instruction_id>/end/", asking.end, name="end"),
    path("one/<int:instruction_id>/restore/", asking.restore, name="restore"),
    path("<int:practice_id>/history/", panel.history, name="history"),
    path("<int:practice_id>/emergency/", emergency.sheet, name="emergency"),
    path("<int:practice_id>/protocols/", emergency.protocols, name="protocols"),
    path("<int:practice_id>/protocols/write/", emergency.write, name="write_protocol"),
]
