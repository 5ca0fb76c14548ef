"""First names by generation and family names by origin, for invented people only."""

from dataclasses import dataclass
from random import Random

# Each string is one generation; the common names come first and are drawn more often.
_WOMEN: tuple[tuple[int, str], ...] = (
    (
        1946,
        (
            "Jeanne Marie Yvette Simone Denise Paulette Odette Jacqueline Suzanne Madeleine Germaine Lucienne Renée "
            "Marcelle Andrée Huguette Colette Gisèle Ginette Monique Thérèse Raymonde Georgette Henriette Solange "
            "Micheline Marie-Louise Éliane Josette Fernande Marguerite"
        ),
    ),
    (
        1965,
        (
            "Françoise Monique Catherine Nicole Martine Christiane Danielle Michèle Chantal Annie Brigitte Sylvie Jocelyne "
            "Marie-Claude Évelyne Bernadette Dominique Anne-Marie Christine Ghislaine Maryse Marie-Thérèse Élisabeth "
            "Patricia Josiane Marie-Françoise Liliane Yolande Claudine Joëlle Mireille"
        ),
    ),
    (
        1980,
        (
            "Nathalie Isabelle Sylvie Valérie Sandrine Véronique Sophie Stéphanie Corinne Laurence Céline Virginie Karine "
            "Florence Christelle Séverine Anne Delphine Agnès Carole Hélène Caroline Frédérique Muriel Béatrice Magali "
            "Cécile Anne-Sophie Maud Estelle Géraldine Peggy"
        ),
    ),
    (
        1995,
        (
            "Aurélie Émilie Élodie Julie Marie Laura Céline Marine Audrey Pauline Camille Charlotte Marion Amandine Mathilde "
            "Mélanie Jessica Anaïs Claire Lucie Fanny Laetitia Morgane Justine Élise Alice Coralie Noémie Perrine "
            "Anne-Laure Gaëlle Solène Adeline"
        ),
    ),
    (
        2010,
        (
            "Léa Manon Camille Emma Chloé Inès Océane Sarah Marie Lucie Clara Mathilde Jade Lola Anaïs Julie Lisa Zoé Maëlys "
            "Romane Eva Lilou Maëlle Louane Jeanne Ambre Margaux Louise Juliette Clémence Océane Capucine Célia Énora"
        ),
    ),
    (
        2100,
        (
            "Louise Jade Emma Alice Ambre Alma Rose Anna Alba Romy Mia Lou Chloé Léna Léonie Agathe Iris Julia Charlie Jeanne "
            "Nina Zoé Juliette Victoire Adèle Margaux Éléna Olivia Maëlle Sofia Lyna Capucine Apolline Céleste Salomé Inaya"
        ),
    ),
)
_MEN: tuple[tuple[int, str], ...] = (
    (
        1946,
        (
            "Jean André Pierre Marcel René Roger Robert Louis Georges Henri Maurice Raymond Lucien Paul Fernand Gaston Émile "
            "Albert Roland Guy Bernard Claude Gilbert Yves Edmond Léon Joseph Armand Auguste Firmin Jean-Marie"
        ),
    ),
    (
        1965,
        (
            "Michel Jean-Claude Bernard Gérard Daniel Jacques Alain Christian Patrick Jean-Pierre Philippe Serge Dominique "
            "Jean-Paul Yves Francis Guy Jean-Luc Gilles Joël Jean-Louis Denis Régis Jean-Michel Hubert Pascal Didier "
            "Jean-Yves Rémy Jean-François Marc Raoul"
        ),
    ),
    (
        1980,
        (
            "Stéphane Christophe Laurent Frédéric Olivier Éric Thierry Pascal David Sébastien Bruno Franck Fabrice Jérôme "
            "Nicolas Vincent Arnaud Ludovic Cédric Hervé Benoît Grégory Xavier Emmanuel Fabien Stéphan Yann Lionel "
            "Jean-Christophe Pierre-Yves Loïc Cyrille Gaël"
        ),
    ),
    (
        1995,
        (
            "Julien Nicolas Thomas Alexandre Maxime Guillaume Kévin Romain Anthony Mathieu Jérémy Clément Pierre Benjamin "
            "Florian Adrien Antoine Vincent Mickaël Rémi Simon Quentin Damien Jonathan Baptiste Charles Gautier Étienne "
            "Tanguy Pierre-Alexandre Jérémie Mathias"
        ),
    ),
    (
        2010,
        (
            "Lucas Théo Hugo Thomas Enzo Nathan Mathis Clément Maxime Alexandre Louis Antoine Tom Léo Paul Baptiste Valentin "
            "Noah Arthur Jules Axel Raphaël Quentin Victor Ethan Évan Titouan Corentin Maël Yanis Gabin Noé Malo Timothée"
        ),
    ),
    (
        2100,
        (
            "Gabriel Léo Raphaël Louis Arthur Jules Maël Adam Noah Sacha Lucas Gabin Hugo Liam Nathan Isaac Paul Eden Aaron "
            "Éthan Marius Tom Léon Malo Nino Théo Mathis Robin Côme Marceau Soan Augustin Elio Basile Octave Timéo"
        ),
    ),
)

# Given names that go with an origin, women then men; drawn for about half of that origin's households.
_OWN_NAMES: dict[str, tuple[str, str]] = {
    "maghreb": (
        "Fatima Khadija Nadia Samira Leïla Yasmine Amel Soraya Karima Inès Meryem Rachida Naïma Sonia Hanane Zohra Lina Nour",
        "Mohamed Karim Rachid Ahmed Youssef Mehdi Samir Bilal Omar Ali Abdelkader Nabil Hakim Ilyès Adel Mourad Anis Ayoub",
    ),
    "afrique": (
        "Aminata Fatou Mariam Awa Aïssata Bintou Adama Kadiatou Astou Rokia Ndèye Esther Grâce Merveille Oumou Hawa",
        "Mamadou Ousmane Ibrahima Moussa Abdoulaye Cheikh Seydou Modibo Boubacar Christian-Landry Issa Souleymane Prosper",
    ),
    "iberie": (
        "Maria Ana Rosa Carmen Luisa Pilar Beatriz Fernanda Conceição Teresa Lucia Dolorès Graça Inês",
        "Manuel José Antonio Carlos Luis Fernando João Paulo Rui Miguel Jorge Tiago Joaquim Vasco",
    ),
    "asie": (
        "Linh Thi-Mai Mei Lan Hoa Phuong Kim Li-Na Sokha Chanthou Ngoc Hanh",
        "Minh Hung Wei Quang Long Tuan Duc Jian Sovann Vuthy Anh Bao",
    ),
    "antilles": (
        (
            "Marie-Josèphe Ginette Nadège Murielle Raymonde Josiane Gladys Maryvonne Lydie Guylène Éliane Fabiola Kéziah Léana "
            "Marie-Line Rolande Marlène Sabrina Cindy Shaïna Maëva Yolaine Nella Émeline"
        ),
        (
            "Joseph Raphaël Max Rodolphe Serge-Hilaire Alex Fred Roland Gilbert Théodore Rosan Hector Yannis Mathéo Kéwan "
            "Jean-Marc Rony Georges-Henri Willy Steeve Teddy Ruddy Siméon Eddy"
        ),
    ),
}
_OWN_SHARE = {"maghreb": 0.7, "afrique": 0.65, "iberie": 0.35, "asie": 0.4, "antilles": 0.4}

_FAMILIES: dict[str, str] = {
    "hexagone": (
        "Martin|Bernard|Thomas|Petit|Robert|Richard|Durand|Dubois|Moreau|Laurent|Simon|Michel|Lefebvre|Leroy|Roux|David|"
        "Bertrand|Morel|Fournier|Girard|Bonnet|Dupont|Lambert|Fontaine|Rousseau|Vincent|Muller|Lefèvre|Faure|Mercier|"
        "Blanc|Guérin|Boyer|Garnier|Chevalier|François|Legrand|Gauthier|Perrin|Robin|Clément|Morin|Nicolas|Henry|Roussel|"
        "Mathieu|Gautier|Masson|Marchand|Duval|Denis|Dumont|Marie|Lemaire|Noël|Meyer|Dufour|Meunier|Brun|Blanchard|Giraud|"
        "Joly|Rivière|Lucas|Brunet|Gaillard|Barbier|Arnaud|Martel|Gérard|Roche|Renard|Schmitt|Roy|Leroux|Colin|Vidal|Caron|"
        "Picard|Roger|Fabre|Aubert|Lemoine|Renaud|Dumas|Lacroix|Olivier|Philippe|Bourgeois|Pierre|Benoît|Rey|Leclerc|Payet|"
        "Rolland|Leclercq|Guillaume|Lecomte|Lopez|Jean|Dupuy|Guillot|Hubert|Berger|Carpentier|Sanchez|Dupuis|Moulin|Louis|"
        "Deschamps|Huet|Vasseur|Perez|Boucher|Fleury|Royer|Klein|Jacquet|Adam|Paris|Poirier|Marty|Aubry|Guyot|Carré|Charles|"
        "Renault|Charpentier|Ménard|Maillard|Baron|Bertin|Bailly|Hervé|Schneider|Fernandez|Le Gall|Collet|Léger|Bouvier|"
        "Julien|Prévost|Millet|Perrot|Daniel|Le Roux|Cousin|Germain|Breton|Besson|Langlois|Rémy|Le Goff|Pelletier|Lévêque|"
        "Perrier|Leblanc|Barré|Lebrun|Marchal|Weber|Mallet|Hamon|Boulanger|Jacob|Monnier|Michaud|Rodriguez|Guichard|Gillet|"
        "Étienne|Grondin|Poulain|Tessier|Chevallier|Collin|Chauvin|Bouchet|Gay|Lemaître|Bénard|Maréchal|Humbert|Reynaud|"
        "Antoine|Hoarau|Perret|Barthélemy|Cordier|Pichon|Lejeune|Gilbert|Lamy|Delaunay|Pasquier|Carlier|Laporte|Ferrand|"
        "Blondel|Vaillant|Delmas|Tournier|Couturier|Chauveau|Thibault|Coulon|Raynaud|Bazin|Grégoire|Rocher|Verdier|Cartier"
    ),
    "bretagne": (
        "Le Bihan|Le Corre|Le Guen|Le Roux|Le Goff|Kerguelen|Quéré|Guillou|Tanguy|Riou|Le Floc'h|Prigent|Kervella|Cadiou|"
        "Morvan|Jézéquel|L'Hostis|Kermarrec|Le Dantec|Gourvennec|Le Meur|Hénaff|Calvez|Bozec|Abgrall|Le Berre|Nédélec"
    ),
    "particule": (
        "de Montferrand|d'Ornano|du Plessis|de La Rochette|d'Aubigny|de Saint-Aubin|des Courtils|de Kersauson|d'Hauteville|"
        "de Vaugelas|Le Cour Grandmaison|de Brosses|van den Broeck|von Rehlingen|de La Morinière|d'Escrivan|Di Stefano"
    ),
    "compose": (
        "Saint-Martin|Bonnet-Roche|Petit-Jean|Grand-Clément|Morel-Dufour|Lefèvre-Caron|Rey-Mermet|Vuillemin-Pagès|"
        "Bourdon-Ferry|Chapuis-Noël|Garnier-Vidal|Poncet-Lamy|Faure-Brac|Roux-Sauvage|Perrin-Terrier|Girard-Desprez"
    ),
    "maghreb": (
        "Benali|Haddad|Bouzid|Mansouri|Belkacem|Saïdi|Amrani|Cherif|Khelifi|El Amrani|Benmoussa|Ziani|Boukhari|Hamdi|Meziane|"
        "Ouali|Touati|Brahimi|El Idrissi|Chaoui|Bensaïd|Larbi|Tahiri|Yahiaoui|Aït Ahmed|Ben Youssef|Zerrouki|Naceri"
    ),
    "afrique": (
        "Diallo|Traoré|Koné|N'Guessan|Diop|Ndiaye|Camara|Coulibaly|Touré|Sow|Keïta|Mbaye|N'Diaye|Ouédraogo|Kouassi|Bamba|"
        "Sissoko|Mbemba|N'Dour|Cissé|Fofana|Kouyaté|Mukendi|Ngoma|Sagna|Bakayoko|M'Bappé-Essono"
    ),
    "iberie": (
        "Da Silva|Ferreira|Pereira|Dos Santos|Rodrigues|Garcia|Martinez|Lopes|Gonçalves|De Oliveira|Fernandes|Gomes|Ruiz|"
        "Moreno|Alvès|Carvalho|Navarro|Ribeiro|Costa|Esposito|Rossi|Bianchi|Ferrari|Russo|De Luca|Marini"
    ),
    "asie": "Nguyen|Tran|Pham|Le Van|Wang|Chen|Li|Huynh|Vo|Zhang|Bui|Sok|Liu|Dang|Kim|Chhim|Phan|Ly|Saelee",
    "antilles": (
        "Jean-Baptiste|Joseph-Angélique|Nelson|Rosamond|Louis-Sidney|Zobda|Larcher|Marie-Sainte|Lafontaine|Montout|Sainte-Rose|"
        "Bellemare|Hilarus|Mondésir|Gros-Désirs|Charles-Nicolas|Saint-Prix|Duféal|Cakin|Rangoly|Anelka-Luce|Félicité|"
        "Régis-Constant|Zaïre|Marie-Luce|Monplaisir|Eustache|Clémenté|Jean-Marie|Élisabeth-Mesnager|Pain|Palmont|Reinette|"
        "Désiré|Saint-Louis-Augustin|Marlin|Rémir|Sylvestre|Dorwling-Carter|Bolosier|Mézin|Jos|Labonne|Varsovie|Théodose"
    ),
}

MIX: dict[str, dict[str, float]] = {
    "default": {
        "hexagone": 74,
        "bretagne": 2,
        "particule": 1.2,
        "compose": 2.3,
        "maghreb": 9,
        "afrique": 4,
        "iberie": 6,
        "asie": 1.5,
    },
    "ouest": {
        "hexagone": 66,
        "bretagne": 17,
        "particule": 1.6,
        "compose": 2.4,
        "maghreb": 5,
        "afrique": 3.5,
        "iberie": 3.5,
        "asie": 1,
    },
    "paris": {
        "hexagone": 56,
        "bretagne": 4,
        "particule": 2,
        "compose": 3,
        "maghreb": 14,
        "afrique": 9,
        "iberie": 7,
        "asie": 5,
    },
    "sud": {
        "hexagone": 63,
        "bretagne": 1,
        "particule": 1.2,
        "compose": 2.8,
        "maghreb": 16,
        "afrique": 4,
        "iberie": 11,
        "asie": 1,
    },
    "rural": {
        "hexagone": 90,
        "bretagne": 1,
        "particule": 1.5,
        "compose": 1.5,
        "maghreb": 1,
        "afrique": 0.5,
        "iberie": 4,
        "asie": 0.5,
    },
    "MQ": {"hexagone": 19, "compose": 1, "afrique": 1, "antilles": 78, "asie": 1},
}


@dataclass(frozen=True)
class Family:
    """A household's surname with the origin its first names are drawn from."""

    surname: str
    origin: str


def _split(names: str) -> tuple[list[str], list[float]]:
    words = names.split()
    # A gentle Zipf: the tenth name is about a third as frequent as the first.
    return words, [1 / (3 + rank) for rank in range(len(words))]


_BY_YEAR = {
    "F": [(until, *_split(names)) for until, names in _WOMEN],
    "M": [(until, *_split(names)) for until, names in _MEN],
}
_OWN = {origin: {"F": women.split(), "M": men.split()} for origin, (women, men) in _OWN_NAMES.items()}
_SURNAMES = {origin: names.split("|") for origin, names in _FAMILIES.items()}


def family(dice: Random, mix: str) -> Family:
    """Draw a household for a population ``mix`` (a key of ``MIX``)."""
    shares = MIX[mix]
    origin = dice.choices(list(shares), list(shares.values()))[0]
    names = _SURNAMES[origin]
    # Squaring leans towards the head of the list, where the common names stand.
    return Family(names[int(len(names) * dice.random() ** 1.5)], origin)


def first_name(dice: Random, sex: str, year: int, origin: str) -> str:
    """Draw a first name for a person of ``sex`` ("F" or "M") born in ``year``."""
    if origin in _OWN and dice.random() < _OWN_SHARE[origin]:
        return dice.choice(_OWN[origin][sex])
    for until, names, weights in _BY_YEAR[sex]:
        if year < until:
            return dice.choices(names, weights)[0]
    raise AssertionError(year)


def given_names(dice: Random, sex: str, year: int, origin: str) -> str:
    """Draw all the given names of a civil record, one to three, separated by spaces."""
    names = [first_name(dice, sex, year, origin)]
    for share in (0.3, 0.35):
        if dice.random() >= share:
            break
        second = first_name(dice, sex, year - 28, origin)
        if second not in names:
            names.append(second)
    return " ".join(names)
