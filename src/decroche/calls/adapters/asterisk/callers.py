"""Hold what simulated callers say: one script a voice, one sentence a breath."""

from dataclasses import dataclass
from typing import Final

from decroche.calls.adapters.asterisk.voice import Speaker

SHORTEST_TALK_SECONDS: Final = 96.0


@dataclass(frozen=True, slots=True)
class Script:
    """Hold one caller: how the voice sounds and what it says, in order."""

    speaker: Speaker
    lines: tuple[str, ...]


SCRIPTS: Final[dict[str, Script]] = {
    "appointment": Script(
        Speaker("fr+f3", 152, 58),
        (
            "Bonjour madame, je vous appelle pour prendre un rendez-vous, s’il vous plaît.",
            "C’est pour une consultation de suivi. Je suis déjà venue au cabinet, l’année dernière.",
            "Alors, c’est Martin. M, A, R, T, I, N. Prénom Sophie. Née le 14 mars 1978.",
            "Plutôt en fin d’après-midi, si c’est possible. Je travaille jusqu’à seize heures.",
            "Le mardi, c’est très bien pour moi. Sinon le jeudi.",
            "Oui, parfait, je note. Est-ce que je dois apporter quelque chose ?",
            "Très bien. Et vous pouvez me rappeler le code de la porte, s’il vous plaît ?",
            "Merci beaucoup, madame. Bonne journée, au revoir.",
        ),
    ),
    "results": Script(
        Speaker("fr+m3", 145, 42),
        (
            "Oui, bonjour. Je vous appelle au sujet de mes résultats de prise de sang.",
            "Le laboratoire m’a dit qu’ils les avaient envoyés au docteur avant-hier.",
            "Je voudrais savoir s’il les a reçus, et si je dois reprendre rendez-vous.",
            "Bernard, Philippe. Né le 2 juillet 1955.",
            "Le traitement, je le continue en attendant ?",
            "D’accord. Alors je préfère que le docteur me rappelle, oui. Sur ce numéro.",
            "L’après-midi, de préférence. Le matin, je suis au jardin et je n’entends pas le téléphone.",
            "Je vous remercie. Au revoir, madame.",
        ),
    ),
    "urgent": Script(
        Speaker("fr+f4", 172, 64),
        (
            "Allô ? Bonjour, je suis inquiète, c’est pour mon mari.",
            "Il a mal dans la poitrine depuis ce matin, et il est tout pâle.",
            "Il a soixante-deux ans. Il est suivi par le docteur pour sa tension.",
            "Oui, il est conscient, il parle, mais il dit que ça serre, dans le bras aussi.",
            "Nous sommes au douze, rue des Lilas, deuxième étage.",
            "D’accord, j’appelle le quinze tout de suite. Vous prévenez le docteur ?",
            "Oui, vous avez bien mon numéro. Durand, D, U, R, A, N, D.",
            "Merci, je raccroche et j’appelle le quinze. Au revoir.",
        ),
    ),
    "lost": Script(
        Speaker("fr-be+m2", 150, 48),
        (
            "Bonjour, excusez-moi, j’ai rendez-vous dans un quart d’heure, et je ne trouve pas l’entrée.",
            "Je suis devant une pharmacie, il y a un arrêt de bus juste à côté.",
            "Petit, Laurent. Mon rendez-vous est à dix heures et demie, je crois.",
            "Ah, c’est la porte cochère, d’accord. Et il y a un code ?",
            "Je répète pour être sûr. Et ensuite, c’est à quel étage ?",
            "Est-ce qu’il y a un ascenseur ? Ma mère marche avec une canne.",
            "Très bien, je vois la porte maintenant. Prévenez le docteur que nous arrivons.",
            "Merci, vous êtes bien aimable. À tout de suite, au revoir.",
        ),
    ),
    "cancel": Script(
        Speaker("fr-ch+f5", 160, 55),
        (
            "Bonjour, j’ai un rendez-vous demain matin et je ne pourrai pas venir.",
            "Je suis vraiment désolée, on m’a changé mes horaires au dernier moment.",
            "C’est au nom de Lefèvre, L, E, F, È, V, R, E. Claire Lefèvre, née le 9 novembre 1990.",
            "Est-ce qu’on peut le déplacer plutôt que l’annuler ?",
            "La semaine prochaine, ce serait bien. N’importe quel jour sauf le mercredi.",
            "Oui, ça me va tout à fait. Vous m’envoyez un message pour confirmer ?",
            "C’est toujours le même numéro, oui.",
            "Merci de votre compréhension. Bonne fin de journée, au revoir.",
        ),
    ),
    "child": Script(
        Speaker("fr+f2", 158, 60),
        (
            "Bonjour, c’est pour ma fille. Elle a de la fièvre depuis hier soir.",
            "Trente-huit neuf ce matin. Elle tousse un peu, mais elle boit et elle joue.",
            "Elle s’appelle Inès Moreau. Elle est née le 23 janvier 2021.",
            "Est-ce que le docteur aurait une place aujourd’hui, même un peu tard ?",
            "Je peux être là en vingt minutes, j’habite juste à côté.",
            "D’accord pour cette heure-là. Je prends son carnet de santé et sa carte.",
            "Non, elle n’a pas d’allergie. Et elle a eu ses vaccins.",
            "Merci beaucoup, à tout à l’heure. Au revoir.",
        ),
    ),
}

DEFAULT: Final = "appointment"


def script_for(voice: str) -> tuple[str, Script]:
    """Return the script of that name; any other name is somebody who wants an appointment."""
    name = voice if voice in SCRIPTS else DEFAULT
    return name, SCRIPTS[name]
