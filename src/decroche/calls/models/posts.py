"""What each secretary does now, and what lets her telephone in."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from decroche.calls.domain.post import PauseReason, PostState


class PostStateChoice(models.TextChoices):
    """Say a post's state on screen."""

    AVAILABLE = PostState.AVAILABLE.value, _("Disponible")
    RINGING = PostState.RINGING.value, _("Ça sonne")
    ON_CALL = PostState.ON_CALL.value, _("En appel")
    WRAP_UP = PostState.WRAP_UP.value, _("Après-appel")
    PAUSED = PostState.PAUSED.value, _("En pause")
    AWAY = PostState.AWAY.value, _("Hors poste")


class Pause(models.TextChoices):
    """Say on screen why a post is paused."""

    BREAK = PauseReason.BREAK.value, _("Pause")
    LUNCH = PauseReason.LUNCH.value, _("Repas")
    PAPERWORK = PauseReason.PAPERWORK.value, _("Administratif")
    MEETING = PauseReason.MEETING.value, _("Réunion")
    NO_ANSWER = PauseReason.NO_ANSWER.value, _("Appel non pris")


class Post(models.Model):
    """Hold what a secretary does now, and whether her phone can ring."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="post")
    secretariat = models.ForeignKey("practices.Secretariat", models.CASCADE, related_name="posts")
    state = models.CharField(max_length=10, choices=PostStateChoice, default=PostStateChoice.AWAY)
    reason = models.CharField(max_length=20, blank=True)
    since = models.DateTimeField()
    registered = models.BooleanField(default=False)
    endpoint = models.CharField(max_length=40, blank=True)
    call_id = models.UUIDField(
        null=True, blank=True, help_text="The call that rings, is in hand, or is being wrapped up."
    )
    wrap_up_until = models.DateTimeField(null=True, blank=True)
    exchange = models.CharField(
        max_length=40, blank=True, help_text="Where her phone is; empty: the only one."
    )

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["secretariat", "state"], name="post_team")
        ]
        verbose_name = _("poste")

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"


class PhoneDevice(models.TextChoices):
    """Name what a secretary speaks into."""

    BROWSER = "browser", _("l’ordinateur")
    SIP = "sip", _("un téléphone SIP")


class PhoneCredential(models.Model):
    """Hold what lets one telephone in: a browser for a few hours, a SIP phone until it is withdrawn (a year at most).

    The password is derived from ``nonce`` with the installation's key, so reading this table opens no phone.
    """

    device = models.CharField(max_length=10, choices=PhoneDevice.choices, default=PhoneDevice.BROWSER)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="phone_credentials")
    nonce = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user"], condition=Q(revoked_at=None), name="one_phone_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.expires_at:%Y-%m-%d %H:%M}"


class MobilePhone(models.Model):
    """Hold where a secretary's calls ring when her computer cannot (« joindre sur mobile »)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mobile_phone")
    number = models.CharField(_("numéro de mobile"), max_length=20)
    verified_at = models.DateTimeField(null=True, blank=True)
    rings_until = models.DateTimeField(null=True, blank=True, help_text="Null: the browser rings, as usual.")

    def __str__(self) -> str:
        return f"{self.user_id}"


class Skill(models.Model):
    """Say what a secretary can do that some callers need: a language, a speciality's words."""

    secretariat = models.ForeignKey("practices.Secretariat", models.CASCADE, related_name="skills")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="skills")
    code = models.CharField(_("compétence"), max_length=40, help_text="« en », « ar », « pédiatrie »…")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["secretariat", "user", "code"], name="skill_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.code}"
