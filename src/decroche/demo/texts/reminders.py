"""Follow-ups, kind by kind: what a secretary leaves for herself or for the next one."""

CALLBACKS = (
    "A attendu 50 s puis raccroché. Elle avait déjà appelé hier.",
    "Coupé au moment de choisir la date. Il voulait un jeudi.",
    "Rappeler après 18 h, travaille. Déplacer le rendez-vous du mois prochain.",
    "Veut confirmer l'heure pour son mari, ne retrouve plus le papier.",
    "Liste d'attente : une place s'est libérée {+1}, proposer.",
    "Prévenir que le docteur finit plus tôt {+0} et proposer une autre heure.",
    "La maman rappelle dans son bus, réseau très mauvais.",
    "Deux essais ce matin, ça sonne dans le vide. Troisième à 17 h.",
    "Voulait changer de praticien ; à reprendre calmement, elle est déçue.",
    "Rappel convenu à 14 h, le fils sera là pour traduire.",
    "Parle surtout portugais, Mme Benali a commencé avec elle.",
    "A demandé une date avant les vacances, vérifier s'il y a une annulation.",
    "Absent au rendez-vous {-1} : proposer une nouvelle date sans reproche.",
    "Demande le chemin depuis la gare, à lui relire tranquillement.",
)
VOICEMAILS = (
    "Message de 42 secondes, hors horaires : demande un rendez-vous, épelle son nom deux fois.",
    "Message vocal, voix très basse. Un prénom, « Odette », et ce numéro.",
    "Message de dimanche soir : l'enfant a de la fièvre, puis second message, « ça va mieux ».",
    "Message d'un laboratoire, nom inaudible, rappeler avant midi.",
    "« C'est pour annuler demain », sans dire le nom. Retrouver par le numéro.",
    "Message de quelqu'un qui s'est trompé de cabinet, sans doute. Vérifier.",
    "Demande si le cabinet est ouvert entre Noël et le jour de l'an.",
)
ANSWERS = (
    "Le docteur a répondu : ordonnance prête, prévenir qu'on peut passer dès 16 h.",
    "Réponse du praticien : avancer le rendez-vous à cette semaine.",
    "Dire que le certificat est à l'accueil.",
    "Prévenir qu'il faut une prise de sang avant, ordonnance par courriel.",
    "Le docteur l'a eue au téléphone, rien à faire, clore avec elle.",
    "Réponse : oui pour venir à deux, prévoir le double de temps.",
    "Rappeler le confrère, d'accord pour jeudi 12 h.",
)
TASKS = (
    "Demander au cabinet s'il ouvre le 24 décembre après-midi : trois patients le demandent.",
    "Corriger la fiche d'accès : le nouveau code ne marche qu'à partir de 7 h.",
    "Vérifier les doublons : deux fiches pour la même dame, nom de jeune fille.",
    "Le praticien sera absent {+5} : il reste quatre rendez-vous à replacer.",
    "Faire signer l'autorisation pour la nouvelle ligne.",
    "Envoyer la liste de demain à l'accueil, l'imprimante est en panne.",
    "Redonner les créneaux de la semaine de congés, trois personnes en attente.",
)
RESULT_NOTES = (
    "Jointe à 17 h 40.",
    "Rendez-vous repris, elle remercie.",
    "Message laissé sur le répondeur, sans détail.",
    "Numéro non attribué, écrire si courriel.",
    "Elle a rappelé d'elle-même entre-temps.",
    "A trouvé ailleurs.",
)
CANCELLATIONS = (
    "Souffrant, rappellera", "Empêchement au travail", "Enfant malade", "Plus besoin", "Pas de voiture", "Hospitalisation",
    "A trouvé plus tôt ailleurs", "Grève des transports", "Erreur de date", "Déménagement", "Préfère un autre jour",
    "Résultats pas encore reçus",
)  # fmt: skip
ALLOWED_NOTES = (
    "Malentendante : parler lentement, elle lit sur les lèvres au cabinet.",
    "Ne laisser aucun message sur le répondeur.",
    "Parle portugais, sa fille traduit.",
    "Se déplace en fauteuil : prévenir l'accueil.",
    "Préfère les SMS.",
    "Toujours accompagné de sa tutrice, Mme Poncelet-Rives.",
    "Vient en taxi conventionné : prévoir l'heure du retour.",
    "Ne conduit pas la nuit.",
    "Rappeler l'adresse, elle s'est déjà trompée de bâtiment.",
    "Appeler après 10 h.",
    "Deux rendez-vous manqués : liste d'attente seulement.",
    "Numéro professionnel, à n'utiliser qu'en journée.",
    "Chien guide.",
    "Demande toujours Mme Le Goff.",
)
