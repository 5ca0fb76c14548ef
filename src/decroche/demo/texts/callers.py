"""What simulated callers say, for a synthetic voice; ``{praticien}``, ``{patient}`` and ``{naissance}`` are filled in.

Each script is the caller's lines in order; a pause of a few seconds between two lets the secretary answer.
"""

SCRIPTS: tuple[tuple[str, ...], ...] = (
    (
        "Bonjour, je voudrais un rendez-vous avec {praticien}, s'il vous plaît.",
        "C'est au nom de {patient}.",
        "Je suis né le {naissance}.",
        "Plutôt en fin d'après-midi, si c'est possible.",
        "Très bien, merci beaucoup, bonne journée.",
    ),
    (
        "Oui bonjour madame, c'est pour déplacer mon rendez-vous.",
        "{patient}.",
        "Le {naissance}.",
        "Je ne peux pas venir, ma voiture est au garage. La semaine prochaine, ce serait mieux.",
        "Parfait, je le note. Au revoir.",
    ),
    (
        "Allô ? Bonjour. Ma fille a de la fièvre depuis cette nuit.",
        "Elle s'appelle {patient}, elle est née le {naissance}.",
        "Trente-neuf, ce matin à sept heures.",
        "Oui, elle boit bien. Vous avez une place aujourd'hui ?",
        "Merci, on arrive.",
    ),
    (
        "Bonjour, je n'ai plus de médicaments pour la tension à partir de dimanche.",
        "{patient}, le {naissance}.",
        "Est-ce que {praticien} peut me faire l'ordonnance ?",
        "D'accord, j'attends votre appel. Merci madame.",
    ),
    (
        "Bonjour, c'est la première fois que je viens. Est-ce que vous prenez de nouveaux patients ?",
        "{patient}.",
        "Et pour venir, c'est à quel étage ?",
        "Il y a un ascenseur ? C'est pour ma mère.",
        "Merci, vous êtes bien aimable.",
    ),
    (
        "Bonjour, laboratoire du Val. J'ai un résultat à transmettre à {praticien}.",
        "Pour {patient}, le {naissance}.",
        "Vous pouvez lui demander de nous rappeler dans l'heure ?",
        "Merci, au revoir.",
    ),
    (
        "Bonjour, j'annule mon rendez-vous de demain.",
        "Au nom de {patient}.",
        "Non, je rappellerai.",
        "Au revoir, merci.",
    ),
    (
        "Bonjour, est-ce que mes résultats sont arrivés ?",
        "{patient}, née le {naissance}.",
        "D'accord. Il peut m'appeler après dix-sept heures ?",
        "Merci bien.",
    ),
    (
        "Excusez-moi, je suis devant la porte et le code ne marche pas.",
        "Oui, j'ai rendez-vous avec {praticien} dans cinq minutes.",
        "Ah, je l'avais mal noté. Merci !",
    ),
    (
        "Bonjour, j'ai perdu le papier, c'est à quelle heure, mon rendez-vous ?",
        "{patient}.",
        "Le {naissance}.",
        "Et c'est bien avec {praticien} ? Merci.",
    ),
)
