"""The fifteen practices of the demo world, thirty practitioners; every name is invented."""

from decroche.demo import visit_types as visits
from decroche.demo.plan import Cabinet, Doctor, PhoneLine, Place

_PARIS, _MARTINIQUE = "Europe/Paris", "America/Martinique"


def _greeting(who: str, more: str = "je vous écoute.") -> str:
    return f"{who}, bonjour, {more}"


TILLEULS = Cabinet(
    key="tilleuls", name="Cabinet médical des Tilleuls", kind="group", speciality="Médecine générale",
    zone=_PARIS, department="37", region="FR", area="02", mix="ouest", share=22, wait_days=2, fill=0.94, ages="all",
    visits=visits.GENERAL,
    doctors=(
        Doctor("Dr", "Hélène", "Vauquelin", "Médecine générale",
               "lun,mar,jeu,ven 8:30-12:30; lun,jeu 14:00-19:00; mar 14:00-17:00; ven 14:00-18:00 @1"),
        Doctor("Dr", "Mathieu", "Escoffard", "Médecine générale",
               "lun-mer,ven 9:00-12:30; lun-mar,ven 14:00-18:30; mer 14:00-17:00 [Suivi de nourrisson|Vaccination|Consultation];"
               " sam 9:00-12:00 [Urgence du jour|Consultation]; dim 9:00-12:30; dim 14:00-18:00"),
        Doctor("Dr", "Yasmina", "Ouldkadi", "Médecine générale",
               "lun,mer-ven 8:30-12:00; lun,jeu-ven 13:30-18:00",
               later_hours="lun,mer-ven 8:00-12:00; lun,jeu 13:30-18:00"),
        Doctor("Dr", "Bertrand", "Chassaignol", "Médecine générale",
               "lun-ven 8:00-8:45 [Urgence du jour]; lun-ven 8:45-12:00; lun-mar,jeu 15:00-19:30", pace=1.34),
        Doctor("Dr", "Maïwenn", "Tréguerny", "Médecine générale",
               "mar-ven 9:00-13:00; mar,jeu 14:00-18:00; mer 14:00-16:00 @1; sam 9:00-12:00 [Urgence du jour]; dim 9:00-13:00",
               without=("Visite à domicile",)),
    ),
    places=(
        Place("Cabinet des Tilleuls", "14 place des Tilleuls", "37000", "Tours",
              "Sur la place du marché, entre la pharmacie et la boulangerie, grande porte grise.",
              "sonner à « Médecins », sans code",
              "Premier étage, la salle d'attente est à gauche.",
              "Le parking du marché est gratuit pendant une heure, sauf le mercredi et le samedi matin.",
              "Tramway ligne A, arrêt Tilleuls, puis deux minutes à pied.",
              "Un ascenseur se trouve au fond du hall, à droite après les boîtes aux lettres."),
        Place("Maison de santé du Val", "2 rue de la Varenne", "37550", "Saint-Avertin",
              "Derrière la mairie annexe, le bâtiment en bois avec la bande verte.",
              "entrée libre", "De plain-pied.",
              "Un parking de vingt places devant la porte.", "Bus 3, arrêt Varenne.",
              "Tout est de plain-pied, avec une place réservée devant l'entrée."),
    ),
    lines=(
        PhoneLine("Ligne des patients", _greeting("Cabinet médical des Tilleuls")),
        PhoneLine("Ligne des confrères et laboratoires",
                  _greeting("Secrétariat du cabinet des Tilleuls", "vous êtes sur la ligne des professionnels.")),
    ),
    staff=(("Mme", "Odile", "Granger"), ("Mme", "Lucie", "Bourdin")),
)
SAINT_MARTIN = Cabinet(
    key="saint-martin", name="Cabinet dentaire Saint-Martin", kind="group", speciality="Chirurgie dentaire",
    zone=_PARIS, department="44", region="FR", area="02", mix="ouest", share=10, wait_days=21, fill=0.93, ages="all",
    visits=visits.DENTAL,
    doctors=(
        Doctor("Dr", "Antoine", "Berthomieu", "Chirurgie dentaire",
               "lun-mar,jeu-ven 9:00-12:30; lun-mar,jeu 14:00-19:00; ven 14:00-17:00"),
        Doctor("Dr", "Solenn", "Kerambrun", "Chirurgie dentaire",
               "lun,mer,ven 8:30-13:00; lun,ven 14:00-18:00; mer 14:00-18:00 [Consultation enfant|Contrôle annuel et détartrage]"),
        Doctor("Dr", "Paul-Édouard", "Mahaut", "Chirurgie dentaire",
               "mar-jeu 9:00-12:30; mar-jeu 13:30-18:30; sam 9:00-12:30", without=("Consultation enfant",)),
    ),
    places=(
        Place("Cabinet Saint-Martin", "31 rue du Pont-Sauvetout", "44000", "Nantes",
              "En face de l'école de musique, au-dessus du magasin de luminaires.",
              "27 B 4, puis bouton « Dentistes »",
              "Deuxième étage, porte de droite.",
              "Le parking Bretagne est à cinq minutes ; la rue elle-même est réservée aux riverains.",
              "Tramways 1, 2 et 3, arrêt Commerce, sortie place Royale.",
              "L'ascenseur est étroit : un fauteuil roulant n'y entre pas, prévenez-nous pour être reçu au rez-de-chaussée."),
    ),
    lines=(PhoneLine("Ligne du cabinet", _greeting("Cabinet dentaire Saint-Martin")),),
    staff=(("Mme", "Jessica", "Hamelin"),),
)
REMPARTS = Cabinet(
    key="remparts", name="Kinésithérapeutes des Remparts", kind="group", speciality="Kinésithérapie",
    zone=_PARIS, department="21", region="FR", area="03", mix="default", share=10, wait_days=9, fill=0.93, ages="all",
    visits=visits.PHYSIO,
    doctors=(
        Doctor("M.", "Ludovic", "Passerotte", "Kinésithérapie du sport",
               "lun-ven 7:30-12:30; lun-mar,jeu-ven 14:00-19:00", without=("Rééducation du périnée",)),
        Doctor("Mme", "Amandine", "Roncevel", "Kinésithérapie, périnéologie",
               "lun-mar,jeu-ven 8:30-12:30; lun-mar,jeu 13:30-18:30; ven 13:30-16:00"),
        Doctor("M.", "Idrissa", "Tounkara", "Kinésithérapie respiratoire et pédiatrique",
               "lun-ven 9:00-12:00; lun,mer,ven 14:00-19:30; sam 8:30-12:00 [Kinésithérapie respiratoire]",
               without=("Rééducation du périnée", "Rééducation vestibulaire")),
        Doctor("Mme", "Capucine", "Delestrade", "Kinésithérapie vestibulaire",
               "lun-mer,ven 8:00-12:00; lun-mar 13:00-18:00", without=("Rééducation du périnée", "Séance à domicile")),
    ),
    places=(
        Place("Les Remparts", "8 boulevard des Remparts", "21000", "Dijon",
              "Au pied de la tour ronde, à côté du loueur de vélos.",
              "pas de code, pousser fort la porte", "Rez-de-chaussée, au bout du couloir bleu.",
              "Trois places gratuites dans la cour pour les patients qui ont des béquilles.",
              "Tramway T1, arrêt Darcy, puis quatre minutes à pied.",
              "Une rampe se trouve à droite des marches, et la porte est large.",
              "Venez avec une serviette et une tenue souple."),
    ),
    lines=(PhoneLine("Ligne du cabinet", _greeting("Cabinet de kinésithérapie des Remparts")),),
)
LANDRIEL = Cabinet(
    key="landriel", name="Maud Landriel, sage-femme", kind="single", speciality="Sage-femme",
    zone=_PARIS, department="35", region="FR", area="02", mix="ouest", share=3, wait_days=8, fill=0.92, ages="mothers",
    visits=visits.MIDWIFE,
    doctors=(
        Doctor("Mme", "Maud", "Landriel", "Sage-femme",
               "lun-mar,jeu-ven 9:00-12:30; lun,jeu 14:00-18:30; mar 14:00-17:00 [Préparation à la naissance|Rééducation du périnée];"
               " mer 9:00-13:00 [Suivi après la naissance, à domicile|Monitoring]"),
    ),
    places=(
        Place("Cabinet de sage-femme", "5 allée des Magnolias", "35000", "Rennes",
              "Dans la résidence derrière la piscine, bâtiment C, celui qui a les volets jaunes.",
              "interphone « Landriel »", "Rez-de-jardin, première porte à gauche.",
              "On se gare facilement devant la piscine, c'est gratuit.", "Métro ligne B, station Gros-Chêne.",
              "L'accès se fait sans marche par le jardin, une poussette passe partout."),
    ),
    lines=(PhoneLine("Ligne du cabinet", _greeting("Cabinet de Maud Landriel, sage-femme")),),
)
CONFLUENCE = Cabinet(
    key="confluence", name="Cardiologie de la Confluence", kind="group", speciality="Cardiologie",
    zone=_PARIS, department="69", region="FR", area="04", mix="default", share=6, wait_days=37, fill=0.94, ages="elder",
    visits=visits.CARDIO,
    doctors=(
        Doctor("Dr", "Jean-Baptiste", "Ferrandier", "Cardiologie",
               "lun-mar,jeu 8:30-12:30; lun-mar,jeu 14:00-18:00; ven 8:30-12:30 [Épreuve d'effort|Échographie cardiaque]"),
        Doctor("Dr", "Shirine", "Moghaddasi", "Cardiologie, rythmologie",
               "lun,mer,ven 9:00-12:30; mer,ven 13:30-18:30; lun 13:30-16:30 [Contrôle de stimulateur|Pose de Holter]",
               without=("Épreuve d'effort",)),
    ),
    places=(
        Place("Cabinet de la Confluence", "22 cours Charlemagne", "69002", "Lyon",
              "Juste avant le centre commercial, l'immeuble à la façade ondulée.",
              "A 19 50",
              "Troisième étage, l'ascenseur est en face de l'entrée.",
              "Parking des Archives, la première demi-heure est gratuite.",
              "Tramway T1, arrêt Sainte-Blandine, ou dix minutes à pied de la gare de Perrache.",
              "L'ascenseur est large, et des toilettes adaptées se trouvent au troisième.",
              "Apportez l'ordonnance en cours et les anciens électrocardiogrammes."),
    ),
    lines=(PhoneLine("Ligne du cabinet", _greeting("Cabinet de cardiologie de la Confluence")),),
)
LASSERANDE = Cabinet(
    key="lasserande", name="Docteur Lasserande, dermatologue", kind="single", speciality="Dermatologie",
    zone=_PARIS, department="33", region="FR", area="05", mix="sud", share=4, wait_days=50, fill=0.96, ages="adult",
    visits=visits.DERMATO,
    doctors=(
        Doctor("Dr", "Violaine", "Lasserande", "Dermatologie",
               "lun-mar,jeu-ven 9:00-12:30; lun,jeu 14:00-18:00; mar 14:00-17:30 [Petite chirurgie|Laser|Ablation de fils];"
               " ven 14:00-15:30 [Photothérapie|Lésion à voir vite]"),
    ),
    places=(
        Place("Cabinet de dermatologie", "47 rue Fondaudège", "33000", "Bordeaux",
              "Entre le fleuriste et l'opticien, porte cochère bordeaux.",
              "sonnette de gauche, sans code", "Rez-de-chaussée sur cour.",
              "Le plus simple est le parking Gambetta, à six minutes.", "Tramway D, arrêt Fondaudège-Muséum.",
              "Il y a un seuil de quatre centimètres ; nous posons une rampe si vous prévenez."),
    ),
    lines=(PhoneLine("Ligne du cabinet", _greeting("Cabinet du docteur Lasserande")),),
)
REGARD = Cabinet(
    key="regard", name="Ophtalmologie du Regard", kind="group", speciality="Ophtalmologie",
    zone=_PARIS, department="31", region="FR", area="05", mix="sud", share=9, wait_days=52, fill=0.95, ages="all",
    visits=visits.OPHTALMO,
    doctors=(
        Doctor("Dr", "Philippe", "Castaingt", "Ophtalmologie",
               "lun-mar,jeu 8:30-12:30; lun-mar,jeu 14:00-18:30; mer 8:30-12:30 [Injection intra-oculaire|Contrôle après cataracte]",
               without=("Lentilles : adaptation",)),
        Doctor("Dr", "Ngoc-Lan", "Duvernoy", "Ophtalmologie",
               "lun,mer-ven 9:00-12:30; lun,jeu-ven 13:30-18:00; mer 13:30-17:00",
               without=("Injection intra-oculaire",)),
    ),
    places=(
        Place("Le Regard", "3 rue des Trois-Journées", "31000", "Toulouse",
              "À deux pas de la place Wilson, au-dessus du magasin de chaussures.",
              "48 61 ce mois-ci", "Premier étage, suivez la ligne verte au sol.",
              "Parking Victor-Hugo ou parking Jean-Jaurès.", "Métro A et B, station Jean-Jaurès, sortie Wilson.",
              "L'ascenseur est accessible par l'entrée du 5, demandez-nous le passage.",
              "Si l'on dilate vos pupilles, ne venez pas en conduisant."),
    ),
    lines=(PhoneLine("Ligne du cabinet", _greeting("Cabinet d'ophtalmologie du Regard")),),
    staff=(("Mme", "Mélissa", "Cazaubon"),),
)
BERGERES = Cabinet(
    key="bergeres", name="Gynécologie des Bergères", kind="group", speciality="Gynécologie",
    zone=_PARIS, department="75", region="FR", area="01", mix="paris", share=7, wait_days=32, fill=0.94, ages="women",
    visits=visits.GYNECO,
    doctors=(
        Doctor("Dr", "Florence", "Aubrespin", "Gynécologie médicale",
               "lun-mar,jeu 9:00-13:00; lun,jeu 14:00-18:00; mar 14:00-19:30", without=("Colposcopie",)),
        Doctor("Dr", "Rokhaya", "Sembène-Lassagne", "Gynécologie obstétrique",
               "lun,mer,ven 9:30-13:00; mer,ven 14:00-18:30; lun 14:00-17:00 [Colposcopie|Échographie pelvienne|Pose ou retrait de stérilet]"),
    ),
    places=(
        Place("Cabinet des Bergères", "61 rue de Charonne", "75011", "Paris",
              "En face du square, l'immeuble qui fait l'angle avec le passage des Bergères.",
              "12 A 85, interphone après 18 h",
              "Quatrième étage, porte de gauche.", "On ne se gare pas dans la rue ; parking Ledru-Rollin.",
              "Métro lignes 8 et 9, station Charonne, sortie 2.",
              "Une marche à l'entrée, puis un ascenseur jusqu'à l'étage."),
    ),
    lines=(PhoneLine("Ligne du cabinet", _greeting("Cabinet de gynécologie des Bergères")),),
)
COQUELICOTS = Cabinet(
    key="coquelicots", name="Pédiatrie des Coquelicots", kind="group", speciality="Pédiatrie",
    zone=_PARIS, department="59", region="FR", area="03", mix="default", share=8, wait_days=6, fill=0.93, ages="children",
    visits=visits.PEDIATRICS,
    doctors=(
        Doctor("Dr", "Clotilde", "Vandermesch", "Pédiatrie",
               "lun-mar,jeu-ven 8:30-12:30; lun,jeu-ven 14:00-18:30; mar 14:00-17:00"),
        Doctor("Dr", "Samuel", "Hartweg", "Pédiatrie",
               "lun-mer,ven 9:00-12:30; lun,mer 14:00-19:00; ven 14:00-18:00; sam-dim 9:00-12:00 [Consultation enfant malade]"),
    ),
    places=(
        Place("Les Coquelicots", "19 rue du Faubourg-de-Roubaix", "59800", "Lille",
              "La maison en briques avec des coquelicots peints sur les vitres.",
              "sonner et attendre le déclic",
              "Rez-de-chaussée pour les tout-petits, premier étage pour les grands.",
              "Deux places « dépose » devant la maison, quinze minutes au plus.",
              "Métro ligne 2, station Saint-Maurice Pellevoisin.", "Les poussettes restent sous l'auvent, l'entrée est sans marche.",
              "N'oubliez pas le carnet de santé."),
    ),
    lines=(PhoneLine("Ligne du cabinet", _greeting("Cabinet de pédiatrie des Coquelicots")),),
    staff=(("Mme", "Perrine", "Delcambre"),),
)
PASCALINI = Cabinet(
    key="pascalini", name="Docteur Pascalini, ORL", kind="single", speciality="ORL",
    zone=_PARIS, department="13", region="FR", area="04", mix="sud", share=4, wait_days=28, fill=0.93, ages="all",
    visits=visits.ENT,
    doctors=(
        Doctor("Dr", "Toussaint", "Pascalini", "Oto-rhino-laryngologie",
               "lun-mar,jeu-ven 9:00-12:30; lun-mar,jeu 14:30-18:30; mer 9:00-12:30 [Consultation enfant|Audiogramme]"),
    ),
    places=(
        Place("Cabinet d'ORL", "112 avenue du Prado", "13008", "Marseille",
              "Côté impair de l'église, l'immeuble avec le mimosa.", "bouton « Pascalini », 2e rangée",
              "Entresol, une demi-volée de marches.", "Le parking du Prado est juste au-dessous.",
              "Métro ligne 2, station Périer.", "Six marches sans ascenseur : dites-le-nous, le docteur descend au bureau du bas."),
    ),
    lines=(PhoneLine("Ligne du cabinet", _greeting("Cabinet du docteur Pascalini")),),
)
MONTEZIN = Cabinet(
    key="montezin", name="Docteur Montézin, psychiatre", kind="single", speciality="Psychiatrie",
    zone=_PARIS, department="75", region="FR", area="01", mix="paris", share=2, wait_days=24, fill=0.91, ages="adult",
    visits=visits.PSY,
    doctors=(
        Doctor("Dr", "Étienne", "Montézin", "Psychiatrie",
               "lun-mar,jeu 9:00-13:00; lun-mar,jeu 14:30-20:00; ven 9:00-14:00"),
    ),
    places=(
        Place("Cabinet de psychiatrie", "9 rue Pihet", "75011", "Paris",
              "Petite rue calme derrière la place, porte verte sans plaque.",
              "36 B 07, sans nom : c'est voulu", "Deuxième étage gauche.",
              "Difficile de se garer, mieux vaut venir en métro.", "Métro Parmentier ou Oberkampf.",
              "Pas d'ascenseur ; le docteur peut recevoir au rez-de-chaussée le vendredi.",
              "Il n'y a pas de secrétariat sur place : on entre et on s'assied."),
    ),
    lines=(PhoneLine("Ligne du cabinet", _greeting("Cabinet du docteur Montézin")),),
)
LOIRE = Cabinet(
    key="loire", name="Cabinet infirmier de la Doutre", kind="group", speciality="Soins infirmiers",
    zone=_PARIS, department="49", region="FR", area="02", mix="ouest", share=5, wait_days=1, fill=0.88, ages="elder",
    visits=visits.NURSING,
    doctors=(
        Doctor("Mme", "Christelle", "Pineauvert", "Soins infirmiers",
               "lun-ven 7:00-9:30 [Prise de sang au cabinet|Injection]; lun-ven 9:30-12:00; lun,mer,ven 16:30-19:00; sam-dim 8:00-11:00"),
        Doctor("M.", "Gaëtan", "Loiselet", "Soins infirmiers",
               "lun-sam 7:00-9:00 [Prise de sang au cabinet|Injection]; lun-sam 9:00-12:00; mar,jeu 16:00-19:00"),
    ),
    places=(
        Place("Cabinet de la Doutre", "6 place de la Laiterie", "49100", "Angers",
              "Sous les arcades, à gauche du café du théâtre.", "ouvert dès 7 h, on entre",
              "De plain-pied.", "Zone bleue sur la place, une heure trente.", "Tramway B, arrêt Les Abattoirs, ou bus 4.",
              "Tout est de plain-pied.", "Pour une prise de sang à jeun : boire de l'eau est permis."),
    ),
    lines=(PhoneLine("Ligne du cabinet", _greeting("Cabinet infirmier de la Doutre")),),
    works_holidays=True,
)
PEYROUX = Cabinet(
    key="peyroux", name="Docteur Peyroux-Lachaud", kind="single", speciality="Médecine générale",
    zone=_PARIS, department="23", region="FR", area="05", mix="rural", share=4, wait_days=3, fill=0.95, ages="elder",
    visits=visits.RURAL,
    doctors=(
        Doctor("Dr", "Marie-Noëlle", "Peyroux-Lachaud", "Médecine générale",
               "lun-mar,jeu-ven 8:30-12:30; lun,jeu 14:00-18:00; mar 14:00-17:30 [Visite à domicile|Urgence du jour];"
               " mer 9:00-12:00 @1; ven 15:00-18:00"),
    ),
    places=(
        Place("Cabinet de Saint-Vaury", "1 place du Champ-de-Foire", "23320", "Saint-Vaury",
              "L'ancienne poste, en face du monument aux morts.", "on entre sans sonner", "De plain-pied.",
              "On se gare sur le champ de foire.", "Le transport à la demande s'arrête devant : il faut l'appeler la veille.",
              "Une rampe longe la façade."),
        Place("Antenne de Grand-Bourg", "Salle des associations, rue de l'Étang", "23240", "Le Grand-Bourg",
              "Derrière la mairie, la salle avec le toit en ardoise.", "entrée libre le mercredi", "Rez-de-chaussée.",
              "Parking de la salle des fêtes.", "Pas de bus ; le taxi conventionné du bourg connaît l'adresse.", "Sans marche."),
    ),
    lines=(PhoneLine("Ligne du cabinet", _greeting("Cabinet du docteur Peyroux-Lachaud")),),
)
ANSE = Cabinet(
    key="anse", name="Cabinet médical de l'Anse Madame", kind="group", speciality="Médecine générale",
    zone=_MARTINIQUE, department="972", region="MQ", area="MQ", mix="MQ", share=8, wait_days=2, fill=0.92, ages="all",
    visits=visits.GENERAL,
    doctors=(
        Doctor("Dr", "Marie-Hélène", "Rosalba", "Médecine générale",
               "lun-ven 7:30-12:30; lun-mar,jeu 14:00-17:00; sam-dim 8:00-11:00 [Urgence du jour|Consultation]"),
        Doctor("Dr", "Rodrigue", "Sainte-Luce-Marny", "Médecine générale",
               "lun-mar,jeu-ven 8:00-13:00; lun-mar,jeu-ven 14:30-17:30; mer 7:30-11:30"),
    ),
    places=(
        Place("Cabinet de l'Anse Madame", "Résidence Les Flamboyants, route de l'Anse Madame", "97233", "Schœlcher",
              "Après le rond-point du lycée hôtelier, la résidence rose en face de la station-service.",
              "portail ouvert ; après 17 h 30, le 2", "Premier niveau côté mer.",
              "Le parking de la résidence, places marquées « cabinet ».", "Bus Mozaïk 25, arrêt Anse Madame.",
              "Une rampe part du parking, à droite des flamboyants."),
    ),
    lines=(PhoneLine("Ligne du cabinet", _greeting("Cabinet médical de l'Anse Madame")),),
    staff=(("Mme", "Gladys", "Marvelise"),),
)
BELLEFEUILLE = Cabinet(
    key="bellefeuille", name="Docteur Bellefeuille-Adélaïde, diabétologue", kind="single",
    speciality="Endocrinologie et diabétologie", zone=_MARTINIQUE, department="972", region="MQ", area="MQ", mix="MQ",
    share=3, wait_days=30, fill=0.93, ages="elder", visits=visits.ENDOCRINO,
    doctors=(
        Doctor("Dr", "Nadiège", "Bellefeuille-Adélaïde", "Endocrinologie et diabétologie",
               "lun-mar,jeu-ven 7:30-12:30; lun,jeu 13:30-16:30; mar 13:30-16:00 [Pompe et capteur : réglage|Échographie de la thyroïde];"
               " mer 7:30-11:30 [Suivi du diabète|Diabète de la grossesse]"),
    ),
    places=(
        Place("Cabinet du Lamentin", "27 rue Hardy-de-Saint-Omer", "97232", "Le Lamentin",
              "Dans la rue derrière le grand marché, au-dessus de la librairie.", "interphone, bouton du haut",
              "Deuxième étage.", "Le parking du marché, payant jusqu'à seize heures.",
              "Tous les bus qui passent par la place d'Armes, puis cinq minutes à pied.",
              "L'ascenseur est en service ; en cas de panne, appelez, nous descendons.",
              "Venez à jeun seulement si le docteur l'a demandé."),
    ),
    lines=(PhoneLine("Ligne du cabinet", _greeting("Cabinet du docteur Bellefeuille-Adélaïde")),),
)

CABINETS = (
    TILLEULS, SAINT_MARTIN, REMPARTS, LANDRIEL, CONFLUENCE, LASSERANDE, REGARD, BERGERES, COQUELICOTS, PASCALINI,
    MONTEZIN, LOIRE, PEYROUX, ANSE, BELLEFEUILLE,
)  # fmt: skip
