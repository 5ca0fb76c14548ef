"""Name why an order is refused."""

from enum import StrEnum


class Refusal(StrEnum):
    """Name why an order is refused; ``calls.wording`` says it in words."""

    NO_POST = "no_post"
    NOT_YOUR_CALL = "not_your_call"
    CALL_OVER = "call_over"
    NOT_NOW = "not_now"
    UNKNOWN_NUMBER = "unknown_number"
    TOO_LATE = "too_late"
    EXCHANGE_DOWN = "exchange_down"
    UNKNOWN_ORDER = "unknown_order"
    NOT_ALLOWED_NUMBER = "not_allowed_number"
    EMERGENCY_NUMBER = "emergency_number"
    CAP_REACHED = "cap_reached"
    NO_PARTY = "no_party"
    PARTY_THERE = "party_there"
    NOT_SUPERVISOR = "not_supervisor"
    ALREADY_LISTENED = "already_listened"
    NOBODY_THERE = "nobody_there"
    NOT_PARKED = "not_parked"
    NO_MANDATE = "no_mandate"
    BUSY = "busy"  # her own hands are full
    PHONE_AWAY = "phone_away"  # her own phone cannot ring
    COLLEAGUE_BUSY = "colleague_busy"
    NOT_RECORDABLE = "not_recordable"
    # The practitioner's word on being disturbed.
    IN_CONSULTATION = "in_consultation"
    ON_ROUNDS = "on_rounds"
    URGENT_ONLY = "urgent_only"
    COLLEAGUES_ONLY = "colleagues_only"
    ANNOUNCE_FIRST = "announce_first"


class Refused(Exception):
    """An order will not be carried out."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
