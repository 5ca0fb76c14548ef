"""The tables of the telephone, by subject.

The switchboard process holds the truth about what lives now; the live columns of calls and posts follow it within
milliseconds and are what screens read. Only ``actions.write_journal`` writes them.
"""

from decroche.calls.models.calls import (
    AbuseReport,
    Call,
    CallNote,
    CallOutcome,
    CallStep,
    Direction,
    End,
    Listening,
    Party,
    State,
    Urgency,
)
from decroche.calls.models.orders import (
    SwitchboardOrder,
    SwitchboardPulse,
)
from decroche.calls.models.plans import (
    Action,
    CallPlan,
    DistributionPolicy,
    Forwarding,
    GreetingKind,
    LineClosure,
    LineHours,
    LineKind,
    MenuChoice,
    Moment,
    Operator,
    Team,
    TeamStep,
    Treatment,
    Waiting,
)
from decroche.calls.models.posts import (
    MobilePhone,
    Pause,
    PhoneCredential,
    PhoneDevice,
    Post,
    PostStateChoice,
    Skill,
)
from decroche.calls.models.reach import (
    CallerKind,
    KnownCaller,
    NumberConsent,
    OutgoingRules,
    Reach,
    Reachability,
)
from decroche.calls.models.recordings import (
    Recording,
    RecordingReason,
    RecordingRule,
)

__all__ = [
    "AbuseReport",
    "Action",
    "Call",
    "CallNote",
    "CallOutcome",
    "CallPlan",
    "CallStep",
    "CallerKind",
    "Direction",
    "DistributionPolicy",
    "End",
    "Forwarding",
    "GreetingKind",
    "KnownCaller",
    "LineClosure",
    "LineHours",
    "LineKind",
    "Listening",
    "MenuChoice",
    "MobilePhone",
    "Moment",
    "NumberConsent",
    "Operator",
    "OutgoingRules",
    "Party",
    "Pause",
    "PhoneCredential",
    "PhoneDevice",
    "Post",
    "PostStateChoice",
    "Reach",
    "Reachability",
    "Recording",
    "RecordingReason",
    "RecordingRule",
    "Skill",
    "State",
    "SwitchboardOrder",
    "SwitchboardPulse",
    "Team",
    "TeamStep",
    "Treatment",
    "Urgency",
    "Waiting",
]
