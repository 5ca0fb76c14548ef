"""Give messages and follow-ups their addresses."""

from django.urls import path

from decroche.messaging.web import directions, follow_ups, inbox, voicemail, writing

app_name = "messages"

urlpatterns = [
    path("", inbox.mine, name="mine"),
    path("done/", inbox.treated, name="treated"),
    path("one/<int:message_id>/read/", inbox.read, name="read"),
    path("one/<int:message_id>/done/", inbox.done, name="done"),
    path("one/<int:message_id>/reopen/", inbox.reopened, name="reopen"),
    path("of-patient/<int:patient_id>/", inbox.of_patient, name="of_patient"),
    path("<int:practice_id>/compose/", writing.compose, name="compose"),
    path("<int:practice_id>/about/", writing.about, name="about"),
    path("<int:practice_id>/draft/", writing.draft, name="draft"),
    path("<int:practice_id>/send/", writing.send, name="send"),
    path("<int:practice_id>/directions/", directions.send_directions, name="send_directions"),
    path("follow-ups/", follow_ups.follow_ups, name="follow_ups"),
    path("follow-ups/done/", follow_ups.closed, name="follow_ups_done"),
    path("follow-ups/<int:follow_up_id>/claim/", follow_ups.claim, name="claim"),
    path("follow-ups/<int:follow_up_id>/release/", follow_ups.release, name="release"),
    path("follow-ups/<int:follow_up_id>/close/", follow_ups.close, name="close"),
    path("follow-ups/<int:follow_up_id>/voicemail/", voicemail.voicemail, name="voicemail"),
]
