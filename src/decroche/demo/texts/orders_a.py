"""What the practices ask of the desk, first half; in the words such people write.

``{+3}`` is the third working day from today written in full, ``{+0}`` today or the next working day, ``{-2}`` two
working days ago.
"""

from decroche.demo.texts.shapes import Order

ORDERS_A: dict[str, tuple[Order, ...]] = {
    "tilleuls": (
        Order(
            "end_of_day",
            "Je termine à 17 h {+0}, réunion à l'hôpital. Ne plus rien mettre après ; "
            "ceux qui insistent : le Dr Escoffard a gardé deux places en fin d'après-midi.",
            doctor=0,
            since=0.1,
            until=0,
            from_hour="17:00",
        ),
        Order(
            "message_only",
            "Résultats de prise de sang : ne rien lire au téléphone, même si c'est normal. Message, "
            "j'appelle moi-même entre 12 h 30 et 13 h.",
            doctor=0,
            since=140,
        ),
        Order(
            "booking",
            "Les certificats de sport pour les enfants : pas d'urgence du jour pour cela, même la veille du match. "
            "Mercredi après-midi avec le Dr Escoffard.",
            since=61,
        ),
        Order(
            "no_new_patients",
            "Je ne prends plus de nouveaux patients, sauf la famille de ceux que je suis déjà "
            "(parents, enfants, conjoint). Orienter vers le Dr Tréguerny, qui s'installe et a de la place.",
            doctor=3,
            since=95,
        ),
        Order(
            "booking",
            "Mes quatre créneaux de 8 h sont pour les urgences du jour uniquement, ouverts à partir de 7 h 45. "
            "Ne pas les donner la veille.",
            doctor=3,
            since=33,
        ),
        Order(
            "note",
            "L'ascenseur de la place des Tilleuls est en panne jusqu'au {+4}. Prévenir les personnes âgées et les "
            "poussettes ; le Dr Vauquelin peut les voir à Saint-Avertin le vendredi.",
            since=0.6,
            until=6,
        ),
        Order(
            "absence",
            "Je suis en formation, sans remplaçant : les urgences vont au Dr Vauquelin, les "
            "renouvellements attendent mon retour sauf traitement qui se termine.",
            doctor=2,
            since=9,
            away=(11, 5),
        ),
        Order(
            "note",
            "Mme Granger est seule à l'accueil le matin cette semaine : si l'on vous passe un patient de la salle d'attente, "
            "c'est qu'elle est débordée, soyez gentilles avec elle.",
            since=2,
            until=5,
        ),
        Order(
            "booking",
            "Nourrissons de moins de trois mois : toujours un créneau de vingt minutes, jamais quinze, et le même jour "
            "s'il y a de la fièvre.",
            since=210,
        ),
        Order(
            "note",
            "Stagiaire en médecine à partir du {+2} : prévenir à la prise de rendez-vous, le patient peut refuser.",
            doctor=1,
            since=0.9,
            until=60,
        ),
        Order(
            "message_only",
            "Laboratoire du Val : s'ils appellent pour un résultat critique, me passer l'appel même en consultation.",
            doctor=0,
            since=300,
        ),
        Order(
            "note",
            "Vaccins contre la grippe reçus, on peut donner des créneaux de 10 minutes sans limite.",
            since=26,
            ended=3,
        ),
    ),
    "saint-martin": (
        Order(
            "booking",
            "Urgence dentaire = douleur qui empêche de dormir, dent cassée ou gonflement. Pour le reste, "
            "prochain contrôle libre. Demander depuis quand, et si la joue est gonflée.",
            since=120,
        ),
        Order(
            "note",
            "Devis de prothèse : c'est Jessica qui les suit, ne rien promettre sur les prix ni les remboursements.",
            since=180,
        ),
        Order(
            "no_new_patients",
            "Plus de première consultation avant le {+25}. Proposer le Dr Mahaut.",
            doctor=0,
            since=0.7,
            until=36,
        ),
        Order(
            "booking",
            "Si deux annulations se suivent dans ma matinée, prévenez-moi par message : je préfère avancer "
            "une extraction que d'attendre.",
            doctor=2,
            since=44,
        ),
        Order(
            "absence",
            "Garde d'enfant malade. Les petits rendez-vous sont à replacer, "
            "je vous ai laissé la liste en message.",
            doctor=1,
            since=1.2,
            away=(2, 1),
            from_hour="13:30",
        ),
        Order(
            "message_only",
            "Patients sous anticoagulant ou qui ont une prothèse de valve : prendre le rendez-vous, et un message pour moi "
            "avant la veille.",
            doctor=0,
            since=77,
        ),
        Order(
            "note",
            "Le fauteuil 2 est en réparation jusqu'au {+1} : pas d'extraction ces jours-là.",
            since=1.5,
            until=2,
        ),
        Order(
            "note",
            "Deux rendez-vous manqués sans prévenir : c'est écrit sur la fiche, on ne redonne que sur liste d'attente.",
            since=260,
        ),
        Order(
            "booking",
            "Détartrage possible le samedi matin jusqu'aux vacances, une exception pour désengorger.",
            doctor=2,
            since=40,
            ended=6,
        ),
    ),
    "remparts": (
        Order(
            "booking",
            "Toujours demander : ordonnance en main ? Pour quelle partie du corps ? Sans ordonnance, on note et on rappelle.",
            since=330,
        ),
        Order(
            "booking",
            "Opérés du genou ou de l'épaule : première séance dans les huit jours, quitte à m'écrire pour que je "
            "fasse une place.",
            doctor=0,
            since=85,
        ),
        Order(
            "note",
            "Bronchiolites : Idrissa garde deux créneaux à 9 h et à 14 h tous les jours d'ici la fin de l'hiver. Samedi matin "
            "aussi. Les bébés d'abord.",
            doctor=2,
            since=5,
            until=95,
        ),
        Order(
            "message_only",
            "Pour les vertiges, ne pas donner de créneau : message avec le numéro, je rappelle pour choisir "
            "la bonne durée.",
            doctor=3,
            since=52,
        ),
        Order(
            "no_new_patients",
            "Rééducation du périnée complète jusqu'au {+18}. Liste d'attente, prénom et date d'accouchement.",
            doctor=1,
            since=3,
            until=27,
        ),
        Order(
            "note",
            "Le plateau est fermé le {+3} après 17 h, l'électricien passe. Les séances du soir sont déjà déplacées.",
            since=0.8,
            until=5,
        ),
        Order(
            "booking",
            "Séances : toujours les mettre par deux ou trois par semaine, avec un jour entre.",
            since=400,
        ),
        Order(
            "absence",
            "Je suis en compétition avec l'équipe, rien à replacer, j'ai prévenu mes patients.",
            doctor=0,
            since=12,
            away=(8, 1),
        ),
        Order(
            "note",
            "Apportez une serviette : à rappeler à chaque nouveau patient, nous n'en prêtons plus.",
            since=19,
        ),
    ),
    "landriel": (
        Order(
            "note",
            "Les jeunes mamans qui pleurent au téléphone : prenez le temps, proposez-moi en rappel dans l'heure.",
            since=150,
        ),
        Order(
            "booking",
            "Sorties de maternité : je passe à domicile dans les 48 heures. Prendre l'adresse complète, l'étage et le code.",
            since=88,
        ),
        Order(
            "message_only",
            "Le mercredi je suis en visite, je regarde mes messages entre deux portes. N'appelez que pour le protocole.",
            since=42,
        ),
        Order(
            "no_new_patients",
            "Grossesses pour un terme après avril : complet. Donner le numéro du réseau périnatal.",
            since=1.1,
            until=70,
        ),
        Order(
            "note",
            "Préparation à la naissance : le groupe du mardi est plein, celui du jeudi garde deux places.",
            since=0.5,
            until=14,
        ),
        Order(
            "booking",
            "Première consultation de grossesse : trente minutes ne suffisent pas, mettre un entretien d'une heure.",
            since=230,
        ),
        Order(
            "note",
            "Monitoring le mercredi supprimé, l'appareil est revenu de révision : on peut en redonner.",
            since=16,
            ended=4,
        ),
    ),
    "confluence": (
        Order(
            "booking",
            "Épreuve d'effort : venir en tenue de sport, avoir mangé léger, et surtout ne rien arrêter comme médicament "
            "sans que je l'aie dit. Le répéter à chaque prise de rendez-vous.",
            doctor=0,
            since=200,
        ),
        Order(
            "emergency",
            "Douleur dans la poitrine au moment de l'appel : on ne prend pas de rendez-vous, on ouvre le protocole. "
            "Toujours le 15, même si la personne préfère attendre.",
            since=365,
        ),
        Order(
            "note",
            "Le fax du CHU ne marche plus : leurs courriers arrivent par messagerie sécurisée, inutile de les leur redemander.",
            since=0.7,
            until=20,
        ),
        Order(
            "booking",
            "Les confrères qui veulent un avis rapide : j'ai deux places par semaine, jeudi 12 h et vendredi 8 h 30. "
            "Noter le nom du médecin et son numéro direct.",
            doctor=0,
            since=70,
        ),
        Order(
            "message_only",
            "Les patients équipés d'un stimulateur qui reçoivent une alerte : message urgent, je regarde à distance "
            "et je rappelle.",
            doctor=1,
            since=110,
        ),
        Order(
            "absence",
            "Congrès à Berlin. Le Dr Ferrandier lit mes messages urgents.",
            doctor=1,
            since=15,
            away=(13, 3),
        ),
        Order(
            "end_of_day",
            "Fini à 16 h {+0}, je dois être à la clinique. Les deux derniers sont prévenus.",
            doctor=0,
            since=0.15,
            until=0,
            from_hour="16:00",
        ),
        Order("note", "Pensez à demander l'ordonnance en cours : la moitié viennent sans.", since=31),
        Order(
            "no_new_patients",
            "Pas de nouveau patient avant janvier sauf lettre du médecin traitant.",
            doctor=1,
            since=24,
            until=55,
        ),
    ),
    "lasserande": (
        Order(
            "booking",
            "Grain de beauté « qui a changé » : lésion à voir vite, dans les quinze jours, pas dans deux mois. "
            "Demander : depuis quand ? Est-ce que ça saigne ? C'est tout.",
            since=130,
        ),
        Order(
            "no_new_patients",
            "Acné de l'adolescent et verrues : pas de nouveaux patients, renvoyer au médecin traitant.",
            since=58,
            until=120,
        ),
        Order(
            "booking", "Le mardi après-midi, c'est la chirurgie. Rien d'autre, même cinq minutes.", since=290
        ),
        Order(
            "message_only",
            "Résultats d'analyse de peau : je les donne moi-même. Dire que le docteur appelle quand elle les a, "
            "en général douze jours.",
            since=175,
        ),
        Order(
            "note",
            "Le laser est en révision du {+5} au {+7}, les rendez-vous sont décalés d'une semaine.",
            since=0.4,
            until=11,
        ),
        Order(
            "booking",
            "Fils à retirer : 10 minutes, entre deux, toujours à 9 h ou à 14 h. Visage au bout de 6 jours, dos au bout de 12.",
            since=66,
        ),
        Order("note", "Les laboratoires pharmaceutiques : non merci, toujours.", since=410),
        Order(
            "note",
            "Liste d'attente : appelez dès qu'une place se libère, trois essais, puis le suivant. Notez les essais.",
            since=20,
        ),
    ),
    "regard": (
        Order(
            "emergency",
            "Perte de vue brutale, éclairs avec voile noir, produit dans l'œil : protocole tout de suite, et vous me "
            "passez l'appel même en consultation.",
            doctor=0,
            since=240,
        ),
        Order(
            "booking",
            "Renouvellement de lunettes entre 16 et 42 ans, sans problème particulier : avec l'ordonnance, l'opticien peut "
            "adapter. Le dire, ça libère des places.",
            since=115,
        ),
        Order(
            "booking",
            "Fond d'œil : prévenir qu'on ne conduit pas pendant trois heures. Demander qui accompagne.",
            since=310,
        ),
        Order(
            "no_new_patients",
            "Plus de nouveaux patients adultes jusqu'au {+40}. Les enfants de moins de six ans : oui, sur mes mercredis.",
            doctor=1,
            since=47,
            until=58,
        ),
        Order(
            "note",
            "Le code de la porte change le 1er : la fiche d'accès est à jour, ne donnez plus l'ancien.",
            since=0.9,
            until=9,
        ),
        Order(
            "absence",
            "Au bloc toute la journée, les injections sont reportées à la semaine suivante.",
            doctor=0,
            since=8,
            away=(6, 1),
        ),
        Order(
            "message_only",
            "Les opticiens qui veulent modifier une ordonnance : message avec le nom du magasin et la correction lue, "
            "je réponds le soir.",
            since=84,
        ),
        Order(
            "note",
            "Mélissa est en congé jusqu'au {+4}, pas d'accueil sur place : les patients montent et s'assoient.",
            since=1.3,
            until=6,
        ),
        Order(
            "booking", "Deux places gardées chaque jour à 11 h 40 et 17 h 30 pour les yeux rouges.", since=29
        ),
    ),
    "bergeres": (
        Order(
            "message_only",
            "Les résultats de frottis et les prises de sang de grossesse : jamais au téléphone. « Le docteur "
            "vous rappellera » suffit.",
            since=280,
        ),
        Order(
            "booking",
            "Pose de stérilet : toujours entre le premier et le septième jour du cycle. Si la date tombe mal, mettre la patiente "
            "en liste d'attente et me le dire.",
            doctor=1,
            since=92,
        ),
        Order(
            "emergency",
            "Femme enceinte qui saigne ou qui a mal : protocole, puis message urgent. Je suis de garde les lundis et mercredis.",
            doctor=1,
            since=160,
        ),
        Order(
            "booking",
            "Une interruption de grossesse : rendez-vous dans les cinq jours, dans les places d'urgence s'il le faut. "
            "Ne demander ni pourquoi ni qui.",
            since=350,
        ),
        Order(
            "end_of_day",
            "Je finis à 18 h {+1}, théâtre avec ma fille. Personne après 17 h 40.",
            doctor=0,
            since=0.5,
            until=1,
            from_hour="18:00",
            on=1,
        ),
        Order(
            "no_new_patients",
            "Suivis de grossesse complets pour un terme en mai et juin.",
            doctor=0,
            since=35,
            until=80,
        ),
        Order(
            "note",
            "La salle d'échographie est froide en ce moment, dire de venir avec un gilet ; oui, vraiment.",
            since=1.7,
            until=10,
        ),
        Order(
            "absence",
            "Je suis en vacances. Urgences : Dr Sembène-Lassagne, ou la maternité.",
            doctor=0,
            since=21,
            away=(20, 5),
        ),
        Order(
            "note",
            "Un appel d'un mari ou d'une mère : on ne dit pas si la patiente est venue. Jamais.",
            since=400,
        ),
    ),
}
