"""An agenda brought from elsewhere: the file's reading, line by line, and what became of each."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from decroche.foundation.tenancy import ScopedManager
from decroche.patients.models import Patient
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.models import Appointment, VisitType


class ImportRun(models.Model):
    """One file brought in. Until `START`, nothing of it is in the agenda."""

    class Kind(models.TextChoices):
        ICS = "ics", _("iCalendar")
        CSV = "csv", _("tableau CSV")

    class State(models.TextChoices):
        READING = "reading", _("lecture en cours")
        FLAWED = "flawed", _("illisible")
        DRAFT = "draft", _("à vérifier")
        QUEUED = "queued", _("en attente")
        RUNNING = "running", _("en cours")
        DONE = "done", _("importé")
        UNDOING = "undoing", _("retrait en cours")
        UNDONE = "undone", _("retiré")

    class Outside(models.TextChoices):
        KEEP = "keep", _("importer quand même")
        REFUSE = "refuse", _("laisser de côté")

    class Unknown(models.TextChoices):
        CREATE = "create", _("ouvrir une fiche provisoire")
        ASK = "ask", _("me laisser décider")

    class Nameless(models.TextChoices):
        """What to do with a name without a birth date: homonyms exist."""

        ASK = "ask", _("me laisser décider")
        NAMESAKE = "namesake", _("prendre le seul patient de ce nom, s’il n’y en a qu’un")
        BLOCK = "block", _("garder le créneau occupé, sans patient")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="import_runs")
    practitioner = models.ForeignKey(
        Practitioner, models.CASCADE, related_name="+", verbose_name=_("agenda de"), db_index=False
    )
    site = models.ForeignKey(Site, models.CASCADE, related_name="+", verbose_name=_("lieu"), db_index=False)
    visit_type = models.ForeignKey(
        VisitType,
        models.CASCADE,
        related_name="+",
        verbose_name=_("motif par défaut"),
        db_index=False,
    )
    kind = models.CharField(max_length=3, choices=Kind.choices)
    file_name = models.CharField(max_length=120)
    #: The file, to be read again with other choices; emptied as soon as the import starts, or a day later.
    raw = models.BinaryField(null=True, editable=False)
    #: How a table is read: encoding, delimiter, what each column is.
    layout = models.JSONField(default=dict, blank=True)
    first_day = models.DateField(_("du"))
    last_day = models.DateField(_("au"))
    outside = models.CharField(
        _("rendez-vous à venir hors des plages"), max_length=6, choices=Outside.choices, default=Outside.KEEP
    )
    unknown = models.CharField(
        _("patients inconnus"), max_length=6, choices=Unknown.choices, default=Unknown.CREATE
    )
    nameless = models.CharField(
        _("noms sans date de naissance"), max_length=8, choices=Nameless.choices, default=Nameless.ASK
    )
    #: Whether the imported patients get the reminders that others get; nobody is written to unless somebody says so.
    reminds = models.BooleanField(
        _("envoyer aussi à ces patients le SMS de rappel de la veille"), default=False, db_default=False
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    #: Why the last reading came to nothing: a `FileFlaw`, or empty.
    flaw = models.CharField(max_length=20, blank=True, default="", db_default="")
    done_count = models.PositiveIntegerField(default=0)
    to_do_count = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_busy(self) -> bool:
        """Tell whether a job is at work on it."""
        return self.state in {self.State.READING, self.State.QUEUED, self.State.RUNNING, self.State.UNDOING}


class ImportLine(models.Model):
    """One occurrence of the file: what it says, what it will become, what became of it and why."""

    class What(models.TextChoices):
        APPOINTMENT = "appointment", _("rendez-vous")
        ABSENCE = "absence", _("absence")
        IGNORED = "ignored", _("laissé de côté")

    class Who(models.TextChoices):
        NOBODY = "", _("personne")
        KNOWN = "known", _("patient connu")
        NEW = "new", _("nouvelle fiche")
        UNDECIDED = "undecided", _("à décider")

    class Outcome(models.TextChoices):
        PENDING = "", _("à importer")
        DONE = "done", _("importé")
        REFUSED = "refused", _("non importé")
        IGNORED = "ignored", _("laissé de côté")
        UNDONE = "undone", _("retiré")
        KEPT = "kept", _("gardé")

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    title = models.CharField(
        max_length=160, blank=True, help_text="As the file words it; forgotten with time."
    )
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    is_all_day = models.BooleanField(default=False)
    what = models.CharField(max_length=11, choices=What.choices)
    #: Why it is what it is, and what is wrong with it: codes, worded by `web/words.py`.
    notes = ArrayField(models.CharField(max_length=20), default=list)
    practitioner = models.ForeignKey(
        Practitioner, models.CASCADE, null=True, related_name="+", db_index=False
    )
    visit_type = models.ForeignKey(VisitType, models.SET_NULL, null=True, related_name="+", db_index=False)
    status = models.CharField(max_length=16, default="booked")
    who = models.CharField(max_length=9, choices=Who.choices, blank=True, default="")
    birth_name = models.CharField(max_length=80, blank=True)
    first_names = models.CharField(max_length=80, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=24, blank=True)
    patient = models.ForeignKey(Patient, models.SET_NULL, null=True, related_name="+")
    candidates = ArrayField(models.BigIntegerField(), default=list)
    outcome = models.CharField(max_length=7, choices=Outcome.choices, blank=True, default="")
    why = models.CharField(max_length=20, blank=True, default="")
    appointment = models.ForeignKey(Appointment, models.SET_NULL, null=True, related_name="+")
    absence_id = models.BigIntegerField(null=True)
    made_patient = models.BooleanField(default=False)

    objects = ScopedManager(practice="run__practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="import_line_position_once")]

    def __str__(self) -> str:
        return f"{self.run_id}.{self.position}"
