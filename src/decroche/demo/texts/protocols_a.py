"""Written emergency protocols: factual questions only, 15 or 112 always; nothing here concludes for anyone.

Every protocol begins by who and where, so that help can be sent even if the line drops.
"""

from decroche.demo.texts.shapes import Protocol, Step

WHO = Step(
    "ask",
    "Qui appelle, pour qui, à quel numéro peut-on vous rappeler, et à quelle adresse êtes-vous en ce moment ?",
)
STAY = Step("say", "Je reste en ligne avec vous jusqu'à ce qu'ils répondent.")


def samu(text: str = "Appeler le SAMU, ou le 112 depuis un portable étranger, et rester en ligne.") -> Step:
    """Return the step that dials 15."""
    return Step("do", text, "15")


PROTOCOLS_A: dict[str, tuple[Protocol, ...]] = {
    "tilleuls": (
        Protocol(
            "Malaise, douleur dans la poitrine, difficulté à respirer",
            (
                WHO,
                Step("ask", "La personne est-elle réveillée, est-ce qu'elle vous répond ?"),
                Step(
                    "ask", "Depuis combien de temps cela dure-t-il ? Est-ce que cela continue en ce moment ?"
                ),
                Step("say", "Je vous mets en relation avec le SAMU. Ne raccrochez pas."),
                samu(),
                STAY,
                Step(
                    "do",
                    "Message urgent au médecin de la personne : heure de l'appel, ce qu'elle a dit, mot pour mot.",
                ),
            ),
        ),
        Protocol(
            "Mes patients : ce que je veux savoir tout de suite",
            (
                WHO,
                Step("ask", "Est-ce arrivé d'un coup ? À quelle heure ?"),
                Step("ask", "La bouche, un bras ou la parole ont-ils changé ?"),
                samu("Si la réponse est oui, ou si la personne hésite : composer le 15 et transférer."),
                Step("do", "Me passer l'appel en consultation, deux sonneries : je décroche pour celui-là."),
                Step("do", "Noter l'heure exacte du début, le SAMU la demandera."),
            ),
            doctor=3,
        ),
    ),
    "saint-martin": (
        Protocol(
            "Choc, saignement ou gonflement",
            (
                WHO,
                Step("ask", "Est-ce que la personne respire et avale sans gêne ?"),
                Step("ask", "Le cou ou l'œil sont-ils gonflés ? Y a-t-il de la fièvre mesurée, combien ?"),
                samu("À la moindre gêne pour respirer ou avaler : composer le 15 et transférer l'appel."),
                Step(
                    "ask",
                    "Si une dent est tombée après un choc : est-ce une dent de lait ou une dent d'adulte, et où est la dent ?",
                ),
                Step(
                    "say",
                    "Ne frottez pas la dent. Gardez-la dans du lait ou dans la bouche, et venez, nous vous attendons.",
                ),
                Step(
                    "do", "Prévenir le fauteuil de garde par message urgent, avec l'âge et l'heure du choc."
                ),
            ),
        ),
    ),
    "remparts": (
        Protocol(
            "Malaise au cabinet ou à domicile",
            (
                WHO,
                Step("ask", "La personne est-elle debout, assise ou par terre ? Vous répond-elle ?"),
                samu(
                    "Composer le 15 et mettre en relation ; le défibrillateur est à l'accueil des Remparts."
                ),
                Step("do", "Appeler le poste du plateau : un kinésithérapeute y est toujours."),
                STAY,
            ),
        ),
        Protocol(
            "Bébé qui respire mal",
            (
                WHO,
                Step("ask", "Quel âge a le bébé ? Est-ce qu'il boit ? Combien de biberons depuis ce matin ?"),
                Step(
                    "ask",
                    "Voyez-vous le creux entre les côtes quand il respire ? Ses lèvres ont-elles changé de couleur ?",
                ),
                samu("Si oui à l'une des deux : composer le 15 et transférer, sans donner de rendez-vous."),
                Step(
                    "do",
                    "Dans tous les cas, me joindre sur mon portable : je rappelle les parents dans les dix minutes.",
                ),
                Step("do", "Noter l'heure de l'appel et l'âge en semaines."),
            ),
            doctor=2,
        ),
    ),
    "landriel": (
        Protocol(
            "Femme enceinte ou jeune mère",
            (
                WHO,
                Step(
                    "ask", "À combien de semaines de grossesse êtes-vous, ou quel jour avez-vous accouché ?"
                ),
                Step("ask", "Perdez-vous du sang, ou les eaux ? Depuis quelle heure ?"),
                Step("ask", "Sentez-vous le bébé bouger aujourd'hui ?"),
                Step("say", "Je vous mets en relation avec la maternité, gardez le téléphone près de vous."),
                samu("Malaise, saignement abondant ou convulsion : composer le 15 avant tout."),
                Step("do", "M'appeler ensuite sur ma ligne directe, même en consultation, même le dimanche."),
            ),
        ),
    ),
    "confluence": (
        Protocol(
            "Douleur dans la poitrine, essoufflement, perte de connaissance",
            (
                WHO,
                Step("ask", "Avez-vous mal en ce moment ? À quelle heure cela a-t-il commencé ?"),
                Step("ask", "Êtes-vous seul ? La porte est-elle ouverte ?"),
                samu(
                    "Composer le 15 sans autre question, transférer et rester jusqu'à la réponse du médecin régulateur."
                ),
                Step(
                    "say",
                    "Asseyez-vous, ne conduisez pas, ne prenez rien de plus que ce que le SAMU vous dira.",
                ),
                STAY,
                Step(
                    "do",
                    "Message urgent au cardiologue présent, avec le numéro de dossier si la personne le connaît.",
                ),
            ),
        ),
        Protocol(
            "Alerte d'un stimulateur ou d'un défibrillateur",
            (
                WHO,
                Step("ask", "L'appareil a-t-il donné un choc ? Combien, à quelle heure ?"),
                Step("ask", "Comment vous sentez-vous maintenant, en un mot ?"),
                samu("Plus d'un choc, ou un malaise : composer le 15 et transférer."),
                Step(
                    "do",
                    "Un seul choc et la personne parle normalement : me passer l'appel immédiatement, même en salle d'examen.",
                ),
                Step("do", "Si je ne décroche pas en une minute : Dr Ferrandier, puis le 15."),
            ),
            doctor=1,
        ),
    ),
    "lasserande": (
        Protocol(
            "Réaction brutale, brûlure, plaie après chirurgie",
            (
                WHO,
                Step("ask", "Le visage, les lèvres ou la langue gonflent-ils ? Respirez-vous normalement ?"),
                samu("Gonflement du visage ou gêne pour respirer : composer le 15 et transférer."),
                Step(
                    "ask",
                    "S'il s'agit d'une plaie opérée : de quel jour date l'opération, et le pansement est-il traversé ?",
                ),
                Step(
                    "say", "Appuyez avec un linge propre, sans l'enlever, pendant que je préviens le docteur."
                ),
                Step("do", "Me passer l'appel entre deux patients, au plus tard dans les cinq minutes."),
                Step("do", "Brûlure chez un enfant : ne pas attendre ma réponse, 15 d'abord.", "15"),
            ),
        ),
    ),
    "regard": (
        Protocol(
            "Œil : perte de vue, produit, choc",
            (
                WHO,
                Step("ask", "Que s'est-il passé, à quelle heure, un œil ou les deux ?"),
                Step("ask", "Voyez-vous la lumière de cet œil ? Voyez-vous un voile ou des éclairs ?"),
                Step(
                    "say",
                    "Produit dans l'œil : rincez à l'eau du robinet, sans arrêter, pendant que je vous passe le docteur.",
                ),
                samu(
                    "Produit de bricolage, objet planté, accident : composer le 15 ; l'ambulance connaît les urgences ophtalmologiques."
                ),
                Step("do", "Transférer l'appel au docteur présent, même en consultation."),
                Step(
                    "do",
                    "Rien après dix-neuf heures ni le week-end : urgences de l'hôpital, et le 15 en cas de doute.",
                    "15",
                ),
            ),
        ),
    ),
    "bergeres": (
        Protocol(
            "Saignement, douleur forte, grossesse",
            (
                WHO,
                Step("ask", "Êtes-vous enceinte, ou pourriez-vous l'être ? De combien ?"),
                Step("ask", "Combien de protections depuis une heure ? Depuis quand ?"),
                samu("Malaise, ou plus d'une protection par demi-heure : composer le 15 et transférer."),
                Step("ask", "Êtes-vous seule ? Quelqu'un peut-il vous ouvrir et vous accompagner ?"),
                Step(
                    "do", "Message urgent au docteur du jour, puis rester en ligne jusqu'à ce qu'il rappelle."
                ),
            ),
        ),
        Protocol(
            "Violences",
            (
                Step(
                    "ask",
                    "Qui appelle, à quel numéro, et de quelle adresse ? Répondez par oui ou par non si l'on vous écoute.",
                ),
                Step(
                    "do",
                    "En danger maintenant : composer le 17, ou le 112, ou envoyer un SMS au 114 ; rester en ligne.",
                    "17",
                ),
                samu("Blessée : composer le 15."),
                Step("say", "Le 3919 répond jour et nuit, l'appel n'apparaît pas sur la facture."),
                Step("do", "Message urgent pour moi, sans un mot sur la fiche de la patiente."),
            ),
            doctor=1,
        ),
    ),
}
