"""Messages that the desk sends to the practitioners, second half."""

from decroche.demo.texts.shapes import Note

NOTES_B: dict[str, tuple[Note, ...]] = {
    "lasserande": (
        Note(
            "callback",
            "La crème lui brûle le visage depuis deux jours, elle a arrêté d'elle-même. Envoie une photo si vous voulez.",
            "Qu'elle passe demain 12 h 20, deux minutes.",
        ),
        Note(
            "result",
            "Attend le résultat de l'analyse de peau de {-8}. Troisième appel, elle dort mal.",
            "Reçu ce matin, je l'appelle.",
        ),
        Note(
            "appointment",
            "Le pansement s'est décollé sous la douche, fils à retirer lundi. Que met-elle d'ici là ?",
        ),
        Note(
            "prescription",
            "Le tube est fini, le pharmacien ne peut pas l'avancer. Pharmacie Fondaudège, avant 19 h 30.",
        ),
        Note(
            "colleague",
            "Adresse {patient}, né le {born}, pour une tache du dos qui a saigné. J'ai mis la place de lundi 15 h.",
            from_colleague="Dr Beyrie, généraliste",
            urgent=True,
        ),
        Note("document", "Demande la facture du laser pour sa mutuelle, celle du mois de septembre."),
        Note(
            "other",
            "A trouvé une place ailleurs plus tôt, libère le sien et s'excuse. J'ai appelé la liste d'attente.",
        ),
        Note(
            "callback",
            "Doute sur le produit d'avant la séance de lumière : à jeter ou à garder pour la suivante ?",
        ),
    ),
    "regard": (
        Note(
            "callback",
            "Opérée {-3}, elle voit « comme à travers de l'eau » ce matin. Pas de douleur. Elle préférait ne pas déranger.",
            "Je la vois à 11 h 40, vous avez bien fait.",
            urgent=True,
        ),
        Note("document", "L'école demande les verres de rechange notés sur une ordonnance à part."),
        Note(
            "colleague",
            "Opticien Lumen : verre droit illisible, il lit moins 3,25 ou moins 3,75. Le client est dans le magasin.",
            "Moins 3,25, axe 90.",
            from_colleague="Opticien Lumen",
        ),
        Note(
            "appointment",
            "Conduit un car scolaire et doit passer sa visite avant le 15. Rien avant deux mois. Une place gardée ?",
        ),
        Note(
            "prescription",
            "Gouttes pour le glaucome en rupture partout, la pharmacie propose l'équivalent. Elle en a pour quatre jours.",
        ),
        Note("result", "Champ visuel fait {-4}, veut savoir s'il peut reprendre la moto."),
        Note(
            "callback", "Lentille coincée depuis ce matin, l'œil rougit. Place de 17 h 30 donnée.", "Parfait."
        ),
        Note("appointment", "Ne veut être vue que par le Dr Castaingt, attendra."),
        Note("other", "A laissé ses lunettes de soleil sur la chaise près de la fenêtre."),
        Note(
            "document",
            "Certificat pour la fédération de plongée, il a le formulaire et demande s'il peut l'envoyer.",
        ),
    ),
    "bergeres": (
        Note(
            "result",
            "A reçu l'appel du laboratoire : « contactez votre médecin », sans plus. Elle est au travail, rappeler entre 12 h et 13 h 30.",
            "Je l'appelle à 12 h 15.",
        ),
        Note(
            "prescription",
            "Plaquette finie samedi, elle part en mission lundi. Le rendez-vous est dans trois semaines.",
            "Ordonnance de trois mois à l'accueil.",
        ),
        Note("callback", "Stérilet posé {-5}, le fil la gêne, dit-elle, pas autre chose."),
        Note(
            "appointment",
            "Enceinte de six semaines, aucune place avant la fin du délai pour la datation. Je l'ai mise sur la place de mardi 13 h.",
        ),
        Note(
            "colleague",
            "Souhaite parler de {patient}, née le {born}, avant la réunion de jeudi.",
            from_colleague="Sage-femme, Maternité des Lilas neufs",
        ),
        Note(
            "callback",
            "Protocole ouvert à 9 h 14 : elle perd du sang depuis minuit, onze semaines. SAMU régulé, elle attend l'ambulance, "
            "sa sœur est là.",
            "Merci, j'ai eu la garde.",
            urgent=True,
        ),
        Note(
            "document",
            "Carnet de maternité égaré, elle demande un double et les dates des trois échographies.",
        ),
        Note(
            "other",
            "Annule sans donner de raison et ne souhaite pas qu'on la rappelle chez elle. Le portable seulement.",
        ),
        Note(
            "appointment",
            "Le frottis de sa fille de dix-neuf ans : c'est la fille qui doit appeler, je l'ai dit à la mère, elle est fâchée.",
        ),
    ),
    "coquelicots": (
        Note(
            "callback",
            "Varicelle du grand frère, le bébé a six semaines. La maman demande s'il faut venir ou l'éloigner.",
            "Qu'ils viennent tous à 16 h, par le portillon.",
            urgent=True,
        ),
        Note(
            "document",
            "La crèche réclame l'autorisation pour le paracétamol. Nouveau formulaire, je l'ai scanné.",
        ),
        Note("result", "Radio du poignet normale d'après l'hôpital, mais il ne se sert plus de cette main."),
        Note(
            "appointment",
            "Vaccins de onze mois, le papa ne trouve plus le vaccin à la pharmacie. Rendez-vous {+2}.",
        ),
        Note("prescription", "Le flacon de vitamine D est cassé dans le sac. Sortie de classe à 16 h 30."),
        Note(
            "colleague",
            "École Jules-Verne, le médecin scolaire, au sujet d'un enfant né le {born}. Mercredi si possible.",
            from_colleague="Dr Lemoigne, santé scolaire",
        ),
        Note(
            "callback",
            "Ne dort que deux heures d'affilée, les deux parents sont au bout. J'ai proposé une consultation longue jeudi.",
            "Bien vu.",
        ),
        Note("other", "Les jumeaux : un seul est malade, elle demande si elle amène les deux."),
        Note(
            "appointment",
            "Elle arrivera avec vingt minutes de retard à cause du tram, prévient pour les deux petits.",
        ),
        Note("result", "Bilan allergies arrivé, la nounou demande ce qu'il peut manger demain."),
    ),
    "pascalini": (
        Note(
            "callback",
            "La mèche posée {-1} est sortie toute seule. Ne saigne plus.",
            "Ne rien remettre, je le vois demain.",
        ),
        Note(
            "callback",
            "N'entend plus de l'oreille gauche depuis ce matin au réveil. Transféré pendant l'audiogramme, vous n'avez pas pu répondre. "
            "Numéro {phone}.",
            "Vu à 12 h 15.",
            urgent=True,
        ),
        Note(
            "document",
            "Le dossier pour l'appareil auditif doit être signé avant la fin du mois, elle l'a déposé dans la boîte.",
        ),
        Note(
            "colleague",
            "Propose une place au bloc le 12 pour les végétations de {patient}. Faut-il prévenir les parents ?",
            from_colleague="Clinique du Redon, programmation",
        ),
        Note("prescription", "Le spray n'est plus remboursé, il demande l'autre."),
        Note("appointment", "Chante à l'opéra vendredi et n'a plus de voix. Avis sous 48 h donné, {+1}."),
        Note("result", "A les images du scanner sur un disque. Doit-il l'apporter ou l'envoyer ?"),
        Note(
            "other",
            "Vertiges : son frère l'accompagnera, mais il se déplace en fauteuil. Les six marches ?",
            "Je descends.",
        ),
    ),
    "montezin": (
        Note("callback", "Appelle pour dire « ça tient ». Ne demande rien.", "Merci."),
        Note(
            "callback",
            "La sœur de quelqu'un qu'elle ne nomme pas s'inquiète. J'ai dit que je transmettais. Elle attend près du téléphone : {phone}.",
            urgent=True,
        ),
        Note(
            "prescription",
            "La pharmacie n'a que l'autre dosage, elle propose deux comprimés au lieu d'un. Demande votre accord écrit.",
            "Accord envoyé par messagerie.",
        ),
        Note(
            "document",
            "Attestation de présence pour un employeur : sans mention de spécialité, insiste-t-il.",
            "À en-tête neutre, au secrétariat jeudi.",
        ),
        Note("appointment", "Propose de passer à une fois tous les quinze jours. À voir avec vous."),
        Note(
            "colleague",
            "Voudrait vous joindre au sujet d'un relais, un soir de cette semaine.",
            from_colleague="Dr Aubenque, médecin traitant",
        ),
        Note("appointment", "N'est pas venu {-1}. Je n'ai pas appelé, comme convenu."),
        Note(
            "other",
            "Le code de l'immeuble est refusé par certains téléphones, deux personnes sont restées dehors ce matin.",
        ),
    ),
    "loire": (
        Note(
            "callback",
            "Fils de {patient} : la sonde a été arrachée cette nuit. Il est devant la porte, il a la clé.",
            "J'y suis dans vingt minutes.",
            urgent=True,
        ),
        Note(
            "colleague",
            "Sortie demain 14 h de {patient}, né le {born}, deux pansements par jour pendant trois semaines. Ordonnance par messagerie.",
            "On prend, premier passage à 18 h.",
            from_colleague="CHU d'Angers, chirurgie",
        ),
        Note("result", "Le laboratoire réclame le poids et l'heure du prélèvement d'hier."),
        Note("appointment", "Préfère 8 h 40 pour la piqûre, à cause de l'aide à domicile."),
        Note(
            "other",
            "Le chien est mort, prévenez que la clé n'est plus sous la niche mais chez la voisine du 4.",
            "Pauvre Câline. Noté.",
        ),
        Note("prescription", "Plus de compresses, la pharmacie attend votre bon."),
        Note("document", "Demande la feuille de soins du mois d'octobre, sa caisse ne l'a pas reçue."),
    ),
    "peyroux": (
        Note(
            "callback",
            "Le voisin de {patient} : elle n'a pas ouvert ses volets. Il y retourne et rappelle.",
            "Elle était chez sa fille. Merci à lui.",
            urgent=True,
        ),
        Note(
            "prescription",
            "Fin de boîte samedi, son ami peut passer à la pharmacie de Grand-Bourg avant 18 h.",
        ),
        Note(
            "appointment",
            "La route de Bois-Redon est verglacée, elle demande si le docteur monte quand même mardi.",
        ),
        Note(
            "document",
            "Papier pour l'aide-ménagère, quatre pages. Il le déposera à la mairie, la secrétaire vous l'apporte.",
        ),
        Note(
            "colleague",
            "Laboratoire de Guéret, résultat hors norme pour {patient}, né le {born}. Rappeler avant 15 h.",
            "Appelé à 14 h 10.",
            from_colleague="Laboratoire de Guéret",
            urgent=True,
        ),
        Note("other", "A fait du miel, vous en a laissé deux pots à l'antenne."),
        Note(
            "callback",
            "S'est ouvert la main avec la tronçonneuse, « pas profond ». Place de 11 h 40 donnée, il vient avec son fils.",
            "Bien.",
        ),
        Note("result", "Échographie faite à Limoges, demande si l'on a le compte rendu."),
    ),
    "anse": (
        Note(
            "callback",
            "De retour de Paris depuis huit jours, fièvre et courbatures. Elle demande si les moustiques de là-bas comptent aussi.",
            "Place ce matin, qu'elle vienne.",
        ),
        Note(
            "prescription",
            "Passe à la pharmacie du Lido ce soir, demande le même traitement pour trois mois : il part à Marie-Galante.",
        ),
        Note(
            "document",
            "Dossier de transport pour l'hôpital de Bordeaux, date du vol : {+9}. Le service attend la feuille.",
            "Signée, Gladys la scanne demain matin.",
        ),
        Note(
            "colleague",
            "Laboratoire de Schœlcher : dengue confirmée pour {patient}, née le {born}.",
            from_colleague="Laboratoire de Schœlcher",
        ),
        Note("appointment", "Sa mère de 91 ans ne descend plus les marches du morne : une visite ?"),
        Note(
            "callback",
            "Chute dans la rivière, plaie au tibia. Il attend à Case-Pilote chez le cousin, au {phone}.",
            "Suturé à 16 h.",
            urgent=True,
        ),
        Note("result", "N'a pas reçu la feuille du laboratoire, coupure de courant chez eux hier."),
        Note(
            "other",
            "Il a confondu neuf heures d'ici et neuf heures de Paris, dit qu'il viendra demain à l'heure juste.",
        ),
        Note(
            "prescription",
            "Insuline laissée dans la voiture, il demande si elle est encore bonne. Je n'ai pas répondu.",
            "Non : il passe en prendre.",
        ),
    ),
    "bellefeuille": (
        Note(
            "callback",
            "Chiffre au lecteur : 3,42 à 10 h 20, pas de nausée, notée. Numéro {phone}.",
            "Rappelée à 10 h 26, je la revois à 14 h.",
            urgent=True,
        ),
        Note(
            "prescription",
            "Le capteur s'est décollé dans l'eau, il en reste un seul. Pharmacie de la Place-d'Armes.",
        ),
        Note("result", "A reçu l'hémoglobine, 8,1. Demande s'il faut avancer son rendez-vous."),
        Note(
            "appointment",
            "Ne pourra être à jeun, elle travaille de nuit à l'hôpital. On garde 7 h 30 ?",
            "Oui, sans jeûne.",
        ),
        Note(
            "colleague",
            "Adresse {patient}, née le {born}, 24 semaines, test du sucre positif. Place du mercredi prise.",
            from_colleague="Dr Hosanna, gynécologue",
        ),
        Note("document", "Demande un certificat pour l'aéroport, à cause de la pompe. Vol {+6}."),
        Note("callback", "Le pharmacien a donné des aiguilles de 8 au lieu de 4. Il n'ose pas piquer."),
        Note("other", "Sa fille vient habiter avec lui en janvier et demande à assister au rendez-vous."),
    ),
}
