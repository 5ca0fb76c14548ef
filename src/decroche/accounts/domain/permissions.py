"""Say which role may do what. A view names one permission; this table is the only place that grants it."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """Name what a person is for a practice (or, for a supervisor and an administrator, for a secretariat)."""

    SECRETARY = "secretary"
    SUPERVISOR = "supervisor"
    PRACTITIONER = "practitioner"
    STAFF = "staff"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """Name one thing that can be done to a practice's data."""

    WORK_AT_DESK = "work-at-desk"  # have a post, answer calls
    USE_COMPANION = "use-companion"  # the practice's own phone-size screen
    SEE_PRACTICE = "see-practice"  # sites, access cards, lines, practitioners
    EDIT_PRACTICE = "edit-practice"
    SEE_PATIENT = "see-patient"
    EDIT_PATIENT = "edit-patient"
    SEE_AGENDA = "see-agenda"
    BOOK_APPOINTMENT = "book-appointment"  # hold, confirm, move, cancel
    FORCE_APPOINTMENT = "force-appointment"  # beside or outside what is open, with a reason, within the quota
    MOVE_MANY = "move-many"  # a practitioner is away or late: deal with all that it touches
    WISH = "wish"  # how the practitioner would like the days filled
    EDIT_AGENDA_RULES = "edit-agenda-rules"  # opening rules, visit types, absences
    BLOCK_PATIENT = "block-patient"  # a practitioner's own decision, after missed appointments
    IMPORT_AGENDA = "import-agenda"
    SHARE_AGENDA = "share-agenda"  # private calendar feeds, access keys for other systems
    KEEP_AGENDA_OFFLINE = "keep-agenda-offline"  # the encrypted page and the PDF of the fortnight
    RUN_WAITING_ROOM = "run-waiting-room"  # arrivals, who is called next
    SET_UP_WAITING_ROOM = "set-up-waiting-room"  # wall screens, self check-in
    SEE_INSTRUCTION = "see-instruction"
    EDIT_INSTRUCTION = "edit-instruction"
    SEE_MESSAGE = "see-message"
    SEND_MESSAGE = "send-message"
    TREAT_MESSAGE = "treat-message"  # read, done: the practice's side
    TREAT_FOLLOW_UP = "treat-follow-up"
    SEE_CALL = "see-call"
    HANDLE_CALL = "handle-call"
    PLACE_CALL = "place-call"  # call somebody outside, within the secretariat's rules
    SUPERVISE_CALL = "supervise-call"  # listen, whisper, join; her screen says so
    SET_UP_LINES = "set-up-lines"  # hours, greeting, menu, teams, who may be called
    SET_REACHABILITY = "set-reachability"  # whether a practitioner takes calls now
    HEAR_RECORDING = "hear-recording"
    CHOOSE_POLICY = "choose-policy"  # how a secretariat shares its calls out
    SEE_POSTS = "see-posts"  # who is at her post, across the secretariat
    MANAGE_PEOPLE = "manage-people"
    SEE_ACCESS_LOG = "see-access-log"


_P = Permission
_AGENDA: Final = frozenset(
    {
        _P.SEE_PRACTICE,
        _P.SEE_PATIENT,
        _P.EDIT_PATIENT,
        _P.SEE_AGENDA,
        _P.BOOK_APPOINTMENT,
        _P.FORCE_APPOINTMENT,
        _P.MOVE_MANY,
        _P.WISH,
        _P.RUN_WAITING_ROOM,
    }
)
_AGENDA_IN_CHARGE: Final = frozenset(
    {_P.EDIT_AGENDA_RULES, _P.IMPORT_AGENDA, _P.SHARE_AGENDA, _P.KEEP_AGENDA_OFFLINE, _P.SET_UP_WAITING_ROOM}
)

GRANTS: Final[dict[Role, frozenset[Permission]]] = {
    Role.SECRETARY: _AGENDA
    | {
        _P.WORK_AT_DESK,
        _P.SEE_INSTRUCTION,
        _P.EDIT_INSTRUCTION,
        _P.SEE_MESSAGE,
        _P.SEND_MESSAGE,
        _P.TREAT_FOLLOW_UP,
        _P.SEE_CALL,
        _P.HANDLE_CALL,
        _P.PLACE_CALL,
        _P.SET_REACHABILITY,
    },
    Role.SUPERVISOR: _AGENDA
    | _AGENDA_IN_CHARGE
    | {
        _P.WORK_AT_DESK,
        _P.EDIT_PRACTICE,
        _P.SEE_INSTRUCTION,
        _P.EDIT_INSTRUCTION,
        _P.SEE_MESSAGE,
        _P.SEND_MESSAGE,
        _P.TREAT_FOLLOW_UP,
        _P.SEE_CALL,
        _P.HANDLE_CALL,
        _P.PLACE_CALL,
        _P.SUPERVISE_CALL,
        _P.SET_UP_LINES,
        _P.SET_REACHABILITY,
        _P.HEAR_RECORDING,
        _P.CHOOSE_POLICY,
        _P.SEE_POSTS,
        _P.MANAGE_PEOPLE,
        _P.SEE_ACCESS_LOG,
    },
    Role.PRACTITIONER: _AGENDA
    | _AGENDA_IN_CHARGE
    | {
        _P.USE_COMPANION,
        _P.EDIT_PRACTICE,
        _P.BLOCK_PATIENT,
        _P.SEE_INSTRUCTION,
        _P.EDIT_INSTRUCTION,
        _P.SEE_MESSAGE,
        _P.SEND_MESSAGE,
        _P.TREAT_MESSAGE,
        _P.TREAT_FOLLOW_UP,
        _P.SEE_CALL,
        _P.SET_UP_LINES,
        _P.SET_REACHABILITY,
        _P.MANAGE_PEOPLE,
        _P.SEE_ACCESS_LOG,
    },
    Role.STAFF: _AGENDA
    | {
        _P.USE_COMPANION,
        _P.KEEP_AGENDA_OFFLINE,
        _P.SET_UP_WAITING_ROOM,
        _P.SEE_INSTRUCTION,
        _P.EDIT_INSTRUCTION,
        _P.SEE_MESSAGE,
        _P.SEND_MESSAGE,
        _P.TREAT_MESSAGE,
        _P.TREAT_FOLLOW_UP,
        _P.SET_REACHABILITY,
    },
    # Administrators look after the installation and its accounts; they see no patient (CSP L1110-4).
    Role.ADMINISTRATOR: frozenset({_P.MANAGE_PEOPLE}),
}
