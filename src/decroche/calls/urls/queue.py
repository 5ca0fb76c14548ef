"""Give the doors of who waits, who is to be called back, what was recorded their addresses."""

from django.urls import URLPattern, path

from decroche.calls.web import call_backs, log, queue, recordings

urlpatterns: list[URLPattern] = [
    path("back/", call_backs.call_back_list, name="call_backs"),
    path("back/<int:follow_up_id>/call/", call_backs.place, name="call_back_place"),
    path("back/<int:follow_up_id>/noted/", call_backs.noted, name="call_back_noted"),
    path("back/<int:follow_up_id>/later/", call_backs.later, name="call_back_later"),
    path("back/<int:follow_up_id>/undo/", call_backs.undo, name="call_back_undo"),
    path("found/", log.found, name="log_found"),
    path("queue/", queue.queue, name="queue"),
    path("recordings/", recordings.recordings, name="recordings"),
    path("recordings/<int:recording_id>/", recordings.sound, name="recording"),
    path("<uuid:call_id>/rank/", queue.rank, name="rank"),
]
