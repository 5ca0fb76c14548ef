"""Visit types by speciality, with durations and shares that such practices have."""

from decroche.demo.plan import Visit

GENERAL = (
    Visit("Consultation", "Cs", 1, 15, 46),
    Visit("Renouvellement d'ordonnance", "Renouv.", 4, 15, 20),
    Visit("Urgence du jour", "Urg. jour", 10, 15, 14, urgent=True),
    Visit("Suivi de nourrisson", "Nourr.", 7, 20, 5),
    Visit("Certificat de sport", "Certif.", 3, 15, 4),
    Visit("Vaccination", "Vaccin", 2, 10, 5),
    Visit("Nouveau patient", "Nouv.", 5, 30, 3),
    Visit("Visite à domicile", "Domicile", 9, 30, 3),
)
RURAL = (
    Visit("Consultation", "Cs", 1, 20, 50),
    Visit("Renouvellement d'ordonnance", "Renouv.", 4, 15, 24),
    Visit("Urgence du jour", "Urg. jour", 10, 20, 12, urgent=True),
    Visit("Visite à domicile", "Domicile", 9, 40, 8),
    Visit("Petite suture, pansement", "Suture", 11, 30, 3),
    Visit("Vaccination", "Vaccin", 2, 10, 3),
)
DENTAL = (
    Visit("Soin dentaire", "Soin", 1, 30, 40),
    Visit("Contrôle annuel et détartrage", "Détart.", 4, 30, 26),
    Visit("Première consultation", "1re cs", 5, 30, 9),
    Visit("Urgence dentaire", "Urg.", 10, 20, 8, urgent=True),
    Visit("Prothèse : empreintes ou essayage", "Proth.", 8, 45, 9),
    Visit("Extraction", "Extr.", 11, 45, 4),
    Visit("Consultation enfant", "Enfant", 7, 20, 4),
)
PHYSIO = (
    Visit("Séance de kinésithérapie", "Séance", 1, 30, 70, series=True),
    Visit("Bilan initial", "Bilan", 5, 45, 8),
    Visit("Rééducation du périnée", "Périnée", 7, 30, 7, series=True),
    Visit("Kinésithérapie respiratoire", "Respi.", 10, 20, 5, urgent=True),
    Visit("Rééducation vestibulaire", "Vestib.", 3, 30, 5, series=True),
    Visit("Séance à domicile", "Domicile", 9, 45, 5, series=True),
)
MIDWIFE = (
    Visit("Consultation de grossesse", "Gross.", 1, 30, 34),
    Visit("Suivi gynécologique", "Gynéco", 4, 30, 24),
    Visit("Entretien prénatal précoce", "EPP", 5, 60, 7),
    Visit("Préparation à la naissance", "Prépa", 7, 60, 12, series=True),
    Visit("Suivi après la naissance, à domicile", "Post-nat.", 9, 45, 11),
    Visit("Rééducation du périnée", "Périnée", 3, 30, 10, series=True),
    Visit("Monitoring", "Monito.", 10, 45, 2, urgent=True),
)
CARDIO = (
    Visit("Consultation et électrocardiogramme", "Cs + ECG", 1, 30, 45),
    Visit("Échographie cardiaque", "Écho", 4, 30, 24),
    Visit("Première consultation", "1re cs", 5, 40, 11),
    Visit("Épreuve d'effort", "Effort", 8, 45, 8),
    Visit("Pose de Holter", "Holter", 3, 20, 6),
    Visit("Contrôle de stimulateur", "Stim.", 7, 20, 3),
    Visit("Avis rapide demandé par un confrère", "Avis", 10, 20, 3, urgent=True),
)
DERMATO = (
    Visit("Consultation de dermatologie", "Cs", 1, 15, 48),
    Visit("Contrôle des grains de beauté", "Grains", 4, 15, 24),
    Visit("Petite chirurgie", "Chir.", 11, 30, 9),
    Visit("Laser", "Laser", 8, 30, 6),
    Visit("Photothérapie", "Photo.", 3, 15, 6, series=True),
    Visit("Lésion à voir vite", "Rapide", 10, 15, 4, urgent=True),
    Visit("Ablation de fils", "Fils", 2, 10, 3),
)
OPHTALMO = (
    Visit("Consultation complète", "Cs", 1, 20, 52),
    Visit("Fond d'œil dilaté", "Fond d'œil", 4, 30, 14),
    Visit("Champ visuel", "Ch. vis.", 3, 30, 8),
    Visit("Injection intra-oculaire", "Inj.", 8, 20, 8, series=True),
    Visit("Contrôle après cataracte", "Cataracte", 7, 15, 7),
    Visit("Lentilles : adaptation", "Lentilles", 5, 40, 4),
    Visit("Œil rouge ou douloureux", "Œil rouge", 10, 15, 7, urgent=True),
)
GYNECO = (
    Visit("Suivi gynécologique", "Suivi", 1, 20, 40),
    Visit("Échographie pelvienne", "Écho", 4, 30, 14),
    Visit("Suivi de grossesse", "Gross.", 7, 20, 22),
    Visit("Première consultation", "1re cs", 5, 30, 9),
    Visit("Pose ou retrait de stérilet", "DIU", 8, 30, 7),
    Visit("Colposcopie", "Colpo.", 11, 30, 3),
    Visit("Urgence gynécologique", "Urg.", 10, 20, 5, urgent=True),
)
PEDIATRICS = (
    Visit("Consultation enfant malade", "Malade", 10, 15, 36, urgent=True),
    Visit("Visite obligatoire et vaccins", "Vaccins", 2, 20, 32),
    Visit("Suivi de croissance", "Crois.", 4, 20, 14),
    Visit("Sortie de maternité", "Sortie", 7, 30, 6),
    Visit("Consultation longue", "Longue", 5, 40, 7),
    Visit("Certificat, crèche ou sport", "Certif.", 3, 15, 5),
)
ENT = (
    Visit("Consultation ORL", "Cs", 1, 20, 48),
    Visit("Audiogramme", "Audio", 4, 30, 17),
    Visit("Nasofibroscopie", "Fibro", 8, 20, 10),
    Visit("Bilan de vertiges", "Vertiges", 3, 45, 8),
    Visit("Consultation enfant", "Enfant", 7, 20, 9),
    Visit("Contrôle après opération", "Post-op.", 2, 15, 4),
    Visit("Avis sous 48 h", "48 h", 10, 15, 4, urgent=True),
)
PSY = (
    Visit("Consultation de suivi", "Suivi", 1, 30, 74),
    Visit("Première consultation", "1re cs", 5, 50, 9),
    Visit("Psychothérapie", "Psychoth.", 4, 45, 13, series=True),
    Visit("Consultation avec un proche", "Proche", 7, 45, 2),
    Visit("Consultation avancée", "Avancée", 10, 30, 2, urgent=True),
)
NURSING = (
    Visit("Prise de sang au cabinet", "PDS", 10, 10, 26),
    Visit("Pansement", "Pans.", 4, 20, 26, series=True),
    Visit("Injection", "Inj.", 2, 10, 18, series=True),
    Visit("Perfusion", "Perf.", 8, 45, 5, series=True),
    Visit("Surveillance, pilulier", "Surv.", 1, 15, 12, series=True),
    Visit("Soin à domicile", "Domicile", 9, 30, 11, series=True),
    Visit("Vaccination", "Vaccin", 3, 10, 2),
)
ENDOCRINO = (
    Visit("Suivi du diabète", "Diabète", 1, 20, 44),
    Visit("Suivi de la thyroïde", "Thyr.", 4, 20, 20),
    Visit("Première consultation", "1re cs", 5, 40, 13),
    Visit("Échographie de la thyroïde", "Écho", 8, 30, 9),
    Visit("Pompe et capteur : réglage", "Pompe", 3, 30, 7),
    Visit("Diabète de la grossesse", "Gross.", 7, 20, 5),
    Visit("Avis sous 48 h", "48 h", 10, 20, 2, urgent=True),
)
