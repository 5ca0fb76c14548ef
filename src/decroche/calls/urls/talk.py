"""Give the doors of what is done during a call their addresses."""

from django.urls import URLPattern, path

from decroche.calls.web import call_back_question, listening, mobile, notes, party, phone_dial, sip_phone

urlpatterns: list[URLPattern] = [
    path("dial/", phone_dial.dial, name="dial"),
    path("dial/check/", phone_dial.check, name="dial_check"),
    path("dial/call/", phone_dial.call, name="dial_call"),
    path("live/", listening.live, name="live_calls"),
    path("mobile/", mobile.page, name="mobile"),
    path("mobile/route/", mobile.route, name="mobile_route"),
    path("my-phone/", mobile.settings, name="my_phone"),
    path("my-phone/sip/", sip_phone.state, name="sip_phone"),
    path("my-phone/sip/switch/", sip_phone.switch, name="sip_phone_switch"),
    path("<uuid:call_id>/abuse/", notes.abuse, name="abuse"),
    path("<uuid:call_id>/abuse/undo/", notes.undo_abuse, name="abuse_undo"),
    path("<uuid:call_id>/answers-call-back/", call_back_question.answer, name="answers_call_back"),
    path("<uuid:call_id>/digits/", party.digits, name="digits"),
    path("<uuid:call_id>/keypad/", party.keypad, name="keypad"),
    path("<uuid:call_id>/listening/", listening.why, name="why_listening"),
    path("<uuid:call_id>/listening/<slug:how>/", listening.lend_ear, name="lend_ear"),
    path("<uuid:call_id>/notes/", notes.show, name="notes"),
    path("<uuid:call_id>/notes/write/", notes.write, name="note_write"),
    path("<uuid:call_id>/notes/<int:note_id>/undo/", notes.undo, name="note_undo"),
    path("<uuid:call_id>/transfer/", party.dialog, name="transfer_dialog"),
    path("<uuid:call_id>/transfer/to/", party.pass_on, name="pass_on"),
    path("<uuid:call_id>/unpark/", party.unpark, name="unpark"),
]
