"""What the lines of the demo world say to callers, and what secretaries noted about a call."""

#: Said by a line that has opening hours and a menu (the paediatricians').
MENU = (
    "Pour une urgence vitale, raccrochez et composez le 15. Pour un rendez-vous, tapez 1. Pour une ordonnance ou un "
    "certificat, tapez 2. Si vous êtes un professionnel de santé, tapez 3."
)
KEYS = {"1": "un rendez-vous", "2": "une ordonnance ou un certificat", "3": "les professionnels de santé"}
LUNCH = "Le secrétariat déjeune et vous répond à partir de 14 h. En cas d'urgence vitale, raccrochez et composez le 15."
NIGHT = (
    "Le cabinet est fermé. Laissez votre nom, celui de l'enfant et un numéro : nous rappelons dès l'ouverture. "
    "Pour un avis médical la nuit ou le week-end, composez le 116 117."
)
HOLIDAY = "Le cabinet est fermé aujourd'hui. Pour un avis médical, composez le 116 117 ; en cas d'urgence vitale, le 15."
WAITING = "Toutes les secrétaires sont en ligne. Ne quittez pas, votre appel est pris dans l'ordre d'arrivée."
CONGRESS = "Congrès de pédiatrie"

ANNOUNCEMENT = "Cet appel peut être enregistré pour former nos secrétaires. Si vous ne le souhaitez pas, tapez 9 à tout moment."
RECORDED_FOR = "Accueil des nouvelles secrétaires, réécoute en binôme"
LISTENED_FOR = "Grille d'écoute du mois, dix appels par secrétaire"

#: What a secretary wrote down during a call, for whoever opens it later.
NOTES = (
    "Appelle depuis la salle d'attente du laboratoire : ne pas rappeler avant 11 h.",
    "Entend mal : parler lentement, répéter la date.",
    "C'est la voisine qui appelle, elle n'a pas la date de naissance.",
    "Viendra avec son fils, qui traduit. Prévoir cinq minutes de plus.",
    "A demandé deux fois si le parking est gratuit : le lui redire au rappel.",
    "Ligne très mauvaise, coupée une fois. Numéro vérifié avec elle.",
    "Attend un résultat : prévenue qu'on ne le donne pas par téléphone.",
    "Ne pas laisser de message sur le répondeur, la ligne est celle du travail.",
    "Préfère toujours le mercredi, garde alternée.",
    "L'infirmière de la maison de retraite rappellera elle-même pour le transport.",
)
#: About a call reported as abusive: facts, as one would say them to a colleague.
ABUSE = "Insultes dès la première phrase, a refusé de donner son nom. J'ai prévenu que j'allais raccrocher, puis raccroché."
