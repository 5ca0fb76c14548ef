"""The everyday messages, put together from clauses: enough of them that a week of calls never reads twice the same."""

from random import Random

_PRESCRIPTION = (
    ("Renouvellement demandé", "Voudrait son ordonnance habituelle", "Demande le même traitement pour trois mois",
     "Ordonnance à refaire avant la fin de la semaine", "Le pharmacien réclame l'original", "Ordonnance égarée, demande un double"),
    ("boîte finie samedi", "il reste quatre jours", "part en voyage jeudi", "dernière délivrance faite hier", "rien d'urgent",
     "a pris rendez-vous le mois prochain"),
    ("peut passer à l'accueil", "envoi par messagerie préféré", "pharmacie habituelle", "viendra en fin de journée",
     "sa voisine passera la prendre", "rappeler seulement si c'est non"),
)  # fmt: skip
_RESULT = (
    ("Attend ses résultats de prise de sang", "Demande si la radio est arrivée", "Voudrait le compte rendu de l'examen",
     "Résultats reçus au courrier", "Le laboratoire dit avoir tout envoyé", "Demande s'il faut refaire l'analyse"),
    ("faits lundi", "faits à l'hôpital", "deuxième appel", "sans inquiétude particulière", "un chiffre est souligné",
     "c'était pour le suivi annuel"),
    ("joignable après 17 h", "joignable à midi", "laisser un message suffit", "préfère un courriel", "rendez-vous déjà pris",
     "à rappeler quand vous voudrez"),
)  # fmt: skip
_DOCUMENT = (
    ("Certificat pour le sport", "Attestation de présence", "Feuille de soins à refaire", "Courrier pour un confrère",
     "Formulaire de la mutuelle à remplir", "Copie du dernier compte rendu", "Bon de transport"),
    ("déposé à l'accueil", "à envoyer par la poste", "pour la fin du mois", "demandé par l'employeur", "demandé par l'école",
     "le précédent est périmé"),
    ("passera vendredi", "enveloppe timbrée laissée", "adresse inchangée", "merci d'avance, dit la personne", "rien ne presse",
     "à signer seulement"),
)  # fmt: skip
_CALLBACK = (
    ("Souhaite vous parler deux minutes", "Question sur la posologie", "Demande un conseil avant le rendez-vous",
     "N'a pas bien compris la dernière fois", "Voudrait donner des nouvelles", "Effet gênant du nouveau traitement"),
    ("n'a pas voulu m'en dire plus", "sans caractère d'urgence, précise-t-on", "depuis deux jours", "depuis le week-end",
     "rendez-vous dans trois semaines", "c'est un proche qui appelle"),
    ("disponible toute la journée", "entre 12 h et 14 h", "après 18 h", "sur le portable de préférence", "le matin seulement",
     "ne pas appeler au travail"),
)  # fmt: skip
_OTHER = (
    ("Prévient d'un retard", "Change de numéro", "Nouvelle adresse à noter", "A oublié sa carte Vitale au cabinet", "Remercie pour l'accueil",
     "Changement de mutuelle"),
    ("c'est fait sur la fiche", "passera la semaine prochaine", "rien à faire de votre côté", "pour information",
     "sera accompagné d'un proche", "demande confirmation"),
    ("bonne journée à vous", "pas de rappel attendu", "vu avec l'accueil", "noté à l'instant", "transmis aussi à l'accueil", "rien d'autre"),
)  # fmt: skip
CLAUSES = {
    "prescription": _PRESCRIPTION, "result": _RESULT, "document": _DOCUMENT, "callback": _CALLBACK, "other": _OTHER,
}  # fmt: skip
_SHARES = (34, 22, 17, 20, 7)


def routine(dice: Random) -> tuple[str, str]:
    """Draw (category, body) of an everyday message, without dates or pronouns."""
    category = dice.choices(list(CLAUSES), _SHARES)[0]
    first, second, third = (dice.choice(clauses) for clauses in CLAUSES[category])
    if dice.random() < 0.35:
        return category, f"{first}. {third[0].upper()}{third[1:]}."
    if dice.random() < 0.5:
        return category, f"{first} : {second}. {third[0].upper()}{third[1:]}."
    return category, f"{first}, {second} ; {third}."
