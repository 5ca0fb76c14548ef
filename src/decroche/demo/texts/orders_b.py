"""What the practices ask of the desk, second half; the notation is the first half's."""

from decroche.demo.texts.shapes import Order

ORDERS_B: dict[str, tuple[Order, ...]] = {
    "coquelicots": (
        Order(
            "booking",
            "Enfant malade : toujours le jour même, jamais « demain matin ». S'il n'y a plus de place, message urgent, "
            "nous en faisons une.",
            since=300,
        ),
        Order(
            "emergency",
            "Fièvre chez un bébé de moins de trois mois : protocole, quel que soit le chiffre.",
            since=300,
        ),
        Order(
            "booking",
            "Vaccins : 20 minutes, apporter le vaccin (il se garde au réfrigérateur) et le carnet.",
            since=190,
        ),
        Order(
            "note",
            "Épidémie de gastro à la crèche des Lutins : les parents appellent beaucoup. Couches, boisson, "
            "comportement : on note, on ne conseille pas.",
            since=0.8,
            until=12,
        ),
        Order(
            "end_of_day",
            "Je pars à 17 h {+0}, Samuel prend les malades restants.",
            doctor=0,
            since=0.12,
            until=0,
            from_hour="17:00",
        ),
        Order(
            "message_only",
            "Troubles du sommeil, école, écrans : ce ne sont pas des urgences mais il faut du temps. Consultation longue, "
            "40 minutes, et un mot sur ce qui inquiète.",
            doctor=1,
            since=64,
        ),
        Order(
            "no_new_patients",
            "Nous ne prenons plus que les nouveau-nés de moins d'un mois et les fratries.",
            since=105,
        ),
        Order(
            "absence",
            "Soutenance de thèse de notre interne, Samuel voit les malades.",
            doctor=0,
            since=4,
            away=(4, 1),
            from_hour="13:30",
        ),
        Order(
            "note",
            "Certificats de crèche : ils ne sont plus obligatoires, sauf règlement écrit. Demander à voir le règlement.",
            since=50,
        ),
        Order("note", "Perrine fait les photocopies de carnet le jeudi seulement.", since=14, ended=2),
    ),
    "pascalini": (
        Order(
            "booking", "Vertiges : bilan de 45 minutes, le matin, et quelqu'un pour raccompagner.", since=145
        ),
        Order(
            "message_only",
            "Pas d'appel pendant les audiogrammes (mercredi matin), la cabine donne sur mon bureau. Message.",
            since=60,
        ),
        Order(
            "emergency",
            "Surdité brutale d'une oreille depuis moins de trois jours : ne pas attendre un créneau, protocole, "
            "et me passer l'appel.",
            since=220,
        ),
        Order(
            "note",
            "Bouchons de cérumen : mettre des gouttes quatre jours avant, sinon on perd le rendez-vous. Le nom des gouttes : "
            "celles que le pharmacien conseille.",
            since=37,
        ),
        Order(
            "booking",
            "Avis sous 48 h demandés par les généralistes : {+1} et {+2}, 12 h 10. Après, c'est complet.",
            since=0.3,
            until=2,
        ),
        Order("absence", "Au bloc à la clinique, pas de consultation.", since=18, away=(9, 1)),
        Order("note", "L'ouvre-porte est capricieux : dire de pousser deux fois.", since=11, until=30),
        Order(
            "booking",
            "Enfants pour les végétations : uniquement le mercredi, à jeun si l'opération est déjà prévue.",
            since=90,
        ),
        Order(
            "no_new_patients",
            "Ronflements et apnées : renvoyer vers le centre du sommeil, je ne fais plus les enregistrements.",
            since=28,
        ),
    ),
    "montezin": (
        Order(
            "message_only",
            "On ne me passe jamais un appel pendant une séance. Message, je rappelle dans le quart d'heure entre deux.",
            since=380,
        ),
        Order(
            "emergency",
            "Une personne qui parle de mourir : protocole, sans raccrocher, sans minimiser. Puis message urgent : je quitte "
            "la séance pour celui-là.",
            since=380,
        ),
        Order(
            "note",
            "Ne confirmez à personne qu'un tel est mon patient, ni à un employeur, ni à la famille, ni à un confrère. "
            "« Je transmets » et rien d'autre.",
            since=380,
        ),
        Order(
            "booking",
            "Première consultation : le mardi ou le jeudi à 18 h 30, cinquante minutes. Liste d'attente après.",
            since=75,
        ),
        Order(
            "note",
            "M. Verneuil-Astier appelle chaque jour, c'est convenu : écoutez deux minutes, dites que je suis au courant, notez l'heure.",
            since=16,
            until=45,
        ),
        Order(
            "absence",
            "Je suis absent et sans remplaçant : donner le numéro du CMP, et le 3114 à qui va mal.",
            since=6,
            away=(15, 4),
        ),
        Order(
            "booking",
            "Patient en retard de plus de quinze minutes : la séance est due mais raccourcie, ne pas décaler le suivant.",
            since=160,
        ),
        Order(
            "note",
            "Renouvellement demandé par une pharmacie : message, jamais d'accord de vive voix.",
            since=0.7,
        ),
    ),
    "loire": (
        Order(
            "booking",
            "Prises de sang de 7 h à 9 h 30, à jeun : toutes les dix minutes. Demander l'ordonnance et le laboratoire choisi.",
            since=320,
        ),
        Order(
            "booking",
            "Domicile : quartier de la Doutre et Saint-Nicolas seulement. Au-delà, donner le numéro de la plateforme des infirmiers.",
            since=130,
        ),
        Order(
            "note",
            "Gaëtan commence sa tournée par la rue Lionnaise cette semaine, on peut caser un pansement vers 9 h 15.",
            doctor=1,
            since=0.9,
            until=4,
        ),
        Order(
            "message_only",
            "Retour d'hospitalisation : nom du service, soins, date de sortie, et qui a la clé. Message tout de suite, "
            "on s'organise le jour même.",
            since=250,
        ),
        Order(
            "note",
            "Plus d'aiguilles pour stylo de rechange au cabinet jusqu'au {+3} : que les patients viennent avec les leurs.",
            since=1.4,
            until=5,
        ),
        Order(
            "booking",
            "Le dimanche, uniquement les soins de tous les jours (insuline, pansements prescrits « week-end compris »).",
            since=270,
        ),
        Order(
            "absence",
            "Christelle est remplacée par Audrey Bellanger, mêmes horaires : les rendez-vous restent, prévenir seulement "
            "M. Davoine qui n'aime pas les surprises.",
            doctor=0,
            since=3,
            until=20,
        ),
        Order("no_new_patients", "Plus de nouvelles toilettes le matin.", since=45),
    ),
    "peyroux": (
        Order(
            "booking",
            "Le premier rendez-vous du matin est pour la pharmacienne, ne pas y toucher : on fait le point.",
            since=200,
        ),
        Order(
            "booking",
            "Visites à domicile le mardi après-midi. Demander la commune et si la route passe (Bois-Redon : non quand il gèle).",
            since=28,
            until=100,
        ),
        Order(
            "message_only",
            "Je roule entre 14 h et 15 h le mardi, le réseau ne passe pas. Message, je m'arrête à Grand-Bourg.",
            since=150,
        ),
        Order(
            "note",
            "Le défibrillateur de la mairie est en panne, celui de la salle des fêtes marche.",
            since=0.6,
            until=15,
        ),
        Order(
            "no_new_patients",
            "Les nouveaux habitants : oui, toujours. Les patients de Guéret : plus maintenant, je ne suffis pas.",
            since=85,
        ),
        Order(
            "end_of_day",
            "Fini à 16 h 30 {+0}, réunion de la communauté de communes.",
            since=0.2,
            until=0,
            from_hour="16:30",
        ),
        Order(
            "note",
            "Mme Bouchardy n'a plus de voiture : la mettre en même temps que sa voisine, Mme Lepetit-Gros, elles viennent ensemble.",
            since=70,
        ),
        Order(
            "absence",
            "Formation à Limoges, toute la journée. Le Dr de garde est au 116 117.",
            since=10,
            away=(7, 1),
        ),
        Order(
            "booking",
            "Renouvellements : d'accord pour trois mois, pas plus, et je veux les voir une fois sur deux.",
            since=360,
        ),
    ),
    "anse": (
        Order(
            "note",
            "Vous appelez de Paris : ici il est cinq ou six heures plus tôt. Toujours dire « heure de Martinique » en confirmant.",
            since=340,
        ),
        Order(
            "booking",
            "Le Dr Rosalba reçoit sans rendez-vous jusqu'à 9 h : avant, ne rien donner, envoyer les gens directement.",
            doctor=0,
            since=180,
        ),
        Order(
            "note",
            "Travaux sur la route de l'Anse Madame, compter vingt minutes de plus le matin. Pas de remarque aux retardataires.",
            since=0.7,
            until=9,
        ),
        Order(
            "booking",
            "Fièvre avec douleurs derrière les yeux ou plaques : urgence du jour, moustiques. Demander depuis combien de jours.",
            since=41,
        ),
        Order(
            "end_of_day",
            "Cabinet fermé à 15 h {+0}, coupure d'eau annoncée par la commune.",
            doctor=0,
            since=0.25,
            until=0,
            from_hour="15:00",
        ),
        Order(
            "message_only",
            "Demandes d'évacuation sanitaire ou de transport vers l'Hexagone : message avec le nom du service, je m'en occupe "
            "après 16 h.",
            doctor=1,
            since=99,
        ),
        Order("absence", "Je suis en Guadeloupe pour le conseil de l'Ordre.", doctor=1, since=7, away=(5, 2)),
        Order(
            "no_new_patients",
            "Je ne prends plus de nouveaux patients de Fort-de-France, seulement Schœlcher et Case-Pilote.",
            doctor=0,
            since=66,
        ),
        Order(
            "note",
            "Alerte cyclonique : si la préfecture passe au rouge, tout est annulé sans nous appeler.",
            since=120,
            ended=20,
        ),
    ),
    "bellefeuille": (
        Order(
            "booking",
            "Prise de sang moins d'un mois avant chaque rendez-vous de diabète. Sans résultat, on décale d'une semaine.",
            since=230,
        ),
        Order(
            "emergency",
            "Malaise chez un patient sous insuline : protocole. La glycémie, on demande le chiffre, on ne le commente pas.",
            since=230,
        ),
        Order(
            "message_only",
            "Un chiffre au-dessus de 3 grammes au lecteur : message urgent, avec le chiffre et l'heure.",
            since=115,
        ),
        Order(
            "note",
            "Les capteurs sont en rupture à la pharmacie du centre, celle de Place-d'Armes en a reçu.",
            since=0.9,
            until=10,
        ),
        Order(
            "booking",
            "Femmes enceintes adressées par la maternité : dans la semaine, dans les créneaux du mercredi.",
            since=78,
        ),
        Order(
            "no_new_patients",
            "Diabètes équilibrés suivis en ville : complet. J'accepte les pompes, la grossesse et les nodules.",
            since=49,
            until=90,
        ),
        Order("end_of_day", "Je m'arrête à 15 h {+1}.", since=0.6, until=1, from_hour="15:00", on=1),
        Order(
            "absence",
            "Congés, cabinet fermé. Les ordonnances de capteurs sont déjà à la pharmacie de la Place-d'Armes.",
            since=13,
            away=(18, 5),
        ),
        Order(
            "note",
            "Décalage horaire : quand un patient dit « à neuf heures », c'est neuf heures au Lamentin.",
            since=340,
        ),
    ),
}
