"""Give the practice's screen its addresses; ids and dates only, never anything about a patient."""

from django.urls import path

from decroche.companion.web import asking, inbox, screen, visits

app_name = "companion"
urlpatterns = [
    path("", screen.home, name="home"),
    path("<int:practice_id>/", screen.screen, {"tab": "day"}, name="day"),
    path("<int:practice_id>/messages/", screen.screen, {"tab": "messages"}, name="messages"),
    path("<int:practice_id>/asked/", screen.screen, {"tab": "asked"}, name="asked"),
    path("<int:practice_id>/day/panel/", screen.panel, {"tab": "day"}, name="day_panel"),
    path("<int:practice_id>/messages/panel/", screen.panel, {"tab": "messages"}, name="messages_panel"),
    path("<int:practice_id>/asked/panel/", screen.panel, {"tab": "asked"}, name="asked_panel"),
    path("<int:practice_id>/finish/", asking.finish, name="finish"),
    path("<int:practice_id>/ask/", asking.ask, name="ask"),
    path("<int:practice_id>/wish/", asking.wish, name="wish"),
    path("instructions/<int:instruction_id>/end/", asking.end, name="end"),
    path("instructions/<int:instruction_id>/restore/", asking.restore, name="restore"),
    path("instructions/<int:instruction_id>/take-back/", asking.take_back_just_asked, name="take_back"),
    path("inbox/<int:message_id>/read/", inbox.read, name="read"),
    path("inbox/<int:message_id>/done/", inbox.done, name="done"),
    path("inbox/<int:message_id>/reopen/", inbox.reopen_message, name="reopen"),
    path("visits/<int:appointment_id>/say/", visits.say, name="say"),
    path("visits/<int:appointment_id>/undo/<int:version>/", visits.undo, name="undo_visit"),
]
