"""Give the doors of calls their addresses."""

from django.urls import path

from decroche.calls.urls import lines, queue, talk, teams
from decroche.calls.web import current, log, phone, softphone

app_name = "calls"

urlpatterns = [
    *lines.urlpatterns,
    *queue.urlpatterns,
    *talk.urlpatterns,
    *teams.urlpatterns,
    path("", log.log, name="log"),
    path("bar/", phone.phone_bar, name="phone_bar"),
    path("current/", current.current, name="current"),
    path("phone/", softphone.account, name="phone_account"),
    path("phone/leave/", softphone.leave, name="phone_leave"),
    path("simulate/", phone.simulate, name="simulate"),
    path("state/<slug:state>/", phone.set_state, name="set_state"),
    path("post/<slug:order>/", phone.post_order, name="post_order"),
    path("unknown/seen/", log.see_unknown, name="see_unknown"),
    path("<uuid:call_id>/", log.detail, name="detail"),
    path("<uuid:call_id>/outcome/", current.outcome, name="outcome"),
    path("<uuid:call_id>/voicemail/", log.voicemail, name="voicemail"),
    path("<uuid:call_id>/order/<slug:order>/", phone.call_order, name="call_order"),
]
