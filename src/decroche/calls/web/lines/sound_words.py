"""Say why a sound cannot be played to callers."""

from django.utils.translation import gettext as _

from decroche.calls.actions.keep_sound import LONGEST_SECONDS, MOST_BYTES, Flaw, NotASound


def flaw_sentence(refused: NotASound) -> str:
    """Return the sentence that a person reads at the field."""
    said = {
        Flaw.TOO_BIG: _("Ce fichier est trop lourd : %(most)s Mo au plus.") % {"most": MOST_BYTES // 2**20},
        Flaw.OTHER_FORMAT: _(
            "Ce fichier est au format %(what)s ; il faut un fichier WAV. Vous pouvez aussi l’enregistrer ici, au micro."
        )
        % {"what": refused.what},
        Flaw.NOT_A_SOUND: _(
            "Ce fichier n’est pas un son que le téléphone sait jouer : il faut un fichier WAV."
        ),
        Flaw.TOO_LONG: _("Ce message est trop long : %(most)s secondes au plus.") % {"most": LONGEST_SECONDS},
        Flaw.TOO_SHORT: _("Ce message est trop court pour être compris."),
        Flaw.SILENT: _("On n’entend rien dans cet enregistrement : vérifiez le micro, puis recommencez."),
        Flaw.NO_VOICE: _(
            "La voix de synthèse n’est pas installée ici : enregistrez le message ou déposez un fichier."
        ),
    }
    return said[refused.flaw]
