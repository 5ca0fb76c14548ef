"""Messages that the desk sends to the practitioners, first half; one text is used once a practice.

``{patient}`` is "Mme LE GOFF", ``{born}`` a birth date, ``{phone}`` a number in groups of two, ``{-1}`` a day.
"""

from decroche.demo.texts.shapes import Note

NOTES_A: dict[str, tuple[Note, ...]] = {
    "tilleuls": (
        Note(
            "prescription",
            "{patient} n'a plus que trois comprimés pour la tension. Rendez-vous pris, mais dans douze jours : faut-il "
            "une ordonnance d'ici là ? Pharmacie de la place.",
            "Oui, faite et envoyée à la pharmacie.",
        ),
        Note(
            "prescription",
            "Demande le renouvellement de son traitement pour la thyroïde. Dit que la dernière prise de sang "
            "date de septembre.",
            "Il me faut une prise de sang récente, l'ordonnance est à l'accueil.",
        ),
        Note(
            "result",
            "Le laboratoire a envoyé les résultats hier soir, {patient} voudrait savoir si le docteur les a vus. Préfère "
            "être appelée après 17 h 30, elle travaille en crèche.",
            "Vus, je l'appelle ce soir.",
        ),
        Note(
            "callback",
            "Rappeler la fille de {patient} : sa mère est rentrée de l'hôpital hier, elle ne comprend pas la nouvelle "
            "ordonnance. Disponible toute la matinée au {phone}.",
        ),
        Note(
            "document",
            "Certificat pour la salle de sport, il a été vu il y a trois semaines. Peut passer le prendre vendredi.",
            "À l'accueil dès demain midi.",
        ),
        Note(
            "document",
            "A besoin de son dossier ALD pour sa nouvelle mutuelle. A rappelé deux fois, s'impatiente un peu.",
        ),
        Note(
            "colleague",
            "Souhaite un échange au sujet de {patient}, née le {born}, vue aux urgences cette nuit. Joignable jusqu'à 16 h "
            "sur sa ligne directe.",
            from_colleague="Dr Sauvageot, urgences",
            urgent=True,
        ),
        Note(
            "colleague",
            "Résultat à transmettre de vive voix pour {patient} : potassium à 5,9. Demande que l'on rappelle dans l'heure.",
            "Vu avec elle à 11 h 40, merci de m'avoir prévenue.",
            from_colleague="Laboratoire du Val, la biologiste",
            urgent=True,
        ),
        Note(
            "appointment",
            "A manqué son rendez-vous {-1}, elle s'excuse : son train a été supprimé. Je lui ai reproposé la semaine prochaine.",
            "Pas de souci.",
        ),
        Note(
            "appointment",
            "Demande une visite pour son père qui ne sort plus. Deuxième étage sans ascenseur, code 1530. "
            "J'ai mis en liste pour mardi, dites-moi si cela convient.",
        ),
        Note(
            "other",
            "{patient} voulait vous remercier pour l'autre jour. Elle va bien, n'attend pas de réponse.",
        ),
        Note(
            "callback",
            "La maison de retraite des Acacias : chute cette nuit de {patient}, née le {born}, pas de fracture d'après eux. "
            "Ils veulent savoir s'il faut maintenir le rendez-vous.",
            from_colleague="Infirmière des Acacias",
        ),
        Note(
            "result",
            "Radio du poignet faite ce matin, l'attelle gêne pour conduire. Doit-il la garder ? Il reprend lundi.",
        ),
        Note(
            "document",
            "Arrêt de travail à prolonger, son employeur le réclame pour demain. Elle a été vue {-2}.",
        ),
        Note(
            "prescription",
            "Semelles : l'ordonnance a plus d'un an, le podologue la refuse.",
            "Nouvelle ordonnance à l'accueil.",
        ),
    ),
    "saint-martin": (
        Note(
            "callback",
            "La couronne posée {-2} bouge quand elle mâche à droite. Pas de douleur. Peut venir n'importe quand après 15 h.",
        ),
        Note(
            "callback",
            "Saigne encore un peu depuis l'extraction de ce matin, 11 h. J'ai suivi le protocole, il va bien, il attend votre appel au "
            "{phone}.",
            "Rappelé, tout va bien.",
            urgent=True,
        ),
        Note(
            "document",
            "Sa mutuelle veut le devis avec le numéro des dents. Celui du mois dernier n'en a pas.",
        ),
        Note(
            "prescription",
            "Rendez-vous mardi pour l'implant : elle prend un anticoagulant, demande ce qu'elle doit faire. Je n'ai rien répondu.",
            "Ne rien arrêter, je l'appelle.",
        ),
        Note(
            "appointment",
            "Le petit a très peur depuis la dernière fois. Sa mère demande s'il est possible de venir une fois "
            "« juste pour voir le fauteuil ».",
            "Oui, dix minutes mercredi à 14 h, sans rien faire.",
        ),
        Note(
            "colleague",
            "Envoie la radio panoramique de {patient} par messagerie, voudrait votre avis avant jeudi.",
            from_colleague="Dr Rivoalen, orthodontiste",
        ),
        Note(
            "other",
            "Le laboratoire de prothèse a un jour de retard sur la pièce de {patient}. Rendez-vous de jeudi à déplacer ?",
            from_colleague="Laboratoire Dentoria",
        ),
        Note(
            "appointment",
            "Ne peut plus venir pour le détartrage, demande si l'on peut faire les deux enfants le même jour.",
        ),
        Note(
            "result",
            "Demande si la radio montrait quelque chose sur la dent de sagesse. Rendez-vous de contrôle dans deux semaines.",
        ),
        Note(
            "callback", "Appareil perdu par son fils au collège, {born}. Il part en voyage scolaire dimanche."
        ),
    ),
    "remparts": (
        Note(
            "appointment",
            "Son genou a regonflé après la séance de {-1}, il demande s'il vient quand même vendredi.",
        ),
        Note(
            "prescription",
            "Ordonnance pour quinze séances, il n'en reste que deux : le médecin en fera-t-il une autre, ou faut-il un bilan ?",
            "Bilan à mettre en fin de série, j'écris au médecin.",
        ),
        Note(
            "colleague",
            "Opéré ce matin de l'épaule, première séance possible lundi. Compte rendu par messagerie.",
            "D'accord, lundi 9 h.",
            from_colleague="Clinique du Parc, secrétariat du Dr Lomazzi",
        ),
        Note(
            "appointment",
            "Ne pourra plus venir le jeudi, nouvel emploi. Je l'ai replacée le mardi à 8 h pour toute la série.",
        ),
        Note(
            "callback",
            "Sa fille de quatre mois respire vite depuis ce matin, dit la mère. J'ai ouvert le protocole, le SAMU a régulé et l'envoie "
            "chez vous : heure de l'appel 8 h 52.",
            "Vue à 9 h 30, mieux.",
            urgent=True,
        ),
        Note("document", "Demande une attestation de présence pour son employeur, quatre séances du mois."),
        Note(
            "callback",
            "Vertiges depuis dimanche, envoyée par le Dr Escoffard. Je n'ai pas donné de créneau, comme demandé.",
        ),
        Note("other", "A oublié son gilet rouge dans la salle 2 et passera le prendre."),
        Note(
            "appointment",
            "Trois annulations d'affilée, il dit que la voiture est en panne. Je garde la série ou je libère ?",
        ),
    ),
    "landriel": (
        Note(
            "callback",
            "Sortie de la maternité {-1} avec sa petite Apolline, 3 280 g. Le deuxième étage, code 77 C, l'interphone ne marche pas.",
            "J'y vais demain à 10 h.",
        ),
        Note(
            "callback",
            "Crevasse des deux côtés, elle n'ose plus mettre au sein. Elle pleure un peu. Je lui ai dit que vous rappeliez "
            "avant midi.",
            "Rappelée, merci pour elle.",
            urgent=True,
        ),
        Note(
            "appointment",
            "Voudrait rejoindre le groupe du jeudi avec sa sœur, même terme. Il reste deux places.",
        ),
        Note(
            "result",
            "Le test du diabète est revenu, elle l'a sous les yeux et voudrait comprendre le deuxième chiffre.",
        ),
        Note(
            "colleague",
            "Transfert de dossier pour {patient}, terme le mois prochain. Demandent votre compte rendu d'entretien.",
            from_colleague="Maternité, consultation du 2e étage",
        ),
        Note(
            "prescription",
            "Bas de contention : ceux de l'ordonnance ne lui vont pas, taille au-dessus. Pharmacie Gros-Chêne.",
        ),
        Note(
            "appointment",
            "Le papa demande s'il peut venir à la place de la maman pour l'entretien, elle est alitée.",
            "Je fais l'entretien en visio, prévenez-les.",
        ),
    ),
    "confluence": (
        Note(
            "callback",
            "Sa tension du matin est entre 17 et 18 depuis une semaine, il a tout noté dans un carnet. Ne se plaint de rien. "
            "Rendez-vous le mois prochain.",
            "Je l'avance à jeudi, prévenez-le.",
        ),
        Note(
            "colleague",
            "Demande votre avis pour {patient}, né le {born} : opération de la hanche prévue, quel délai pour l'anticoagulant ?",
            from_colleague="Dr Montigny, anesthésiste",
        ),
        Note(
            "result",
            "A reçu chez lui l'enregistrement du Holter sans explication. Inquiet, il a cherché sur internet.",
            "Résultat rassurant, j'appelle ce soir.",
        ),
        Note("prescription", "Plus de comprimés dimanche. Le rendez-vous est le mercredi suivant."),
        Note(
            "appointment", "Vient d'être hospitalisée, annule l'épreuve d'effort. C'est son mari qui appelle."
        ),
        Note(
            "callback",
            "Alerte du boîtier dans la nuit, un bip. Se sent bien. Protocole ouvert, vous étiez en salle : je n'ai pas pu vous passer "
            "l'appel.",
            "Vu à distance, tout est normal, je l'ai eue.",
            urgent=True,
        ),
        Note(
            "document", "Demande un certificat pour l'assurance du voyage, départ au Portugal dans dix jours."
        ),
        Note(
            "colleague",
            "Envoie un patient pour essoufflement, ECG joint par messagerie. Place du vendredi 8 h 30 donnée.",
            from_colleague="Dr Vauquelin, Tours",
        ),
        Note(
            "other",
            "Sa femme demande le nom de l'établissement pour la réadaptation, elle a perdu le papier.",
        ),
        Note("callback", "Ne sait plus si la prise du soir doit continuer pendant les examens."),
    ),
}
