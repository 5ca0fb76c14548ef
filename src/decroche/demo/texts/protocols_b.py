"""Written emergency protocols, second half."""

from decroche.demo.texts.protocols_a import PROTOCOLS_A, STAY, WHO, samu
from decroche.demo.texts.shapes import Protocol, Step

PROTOCOLS_B: dict[str, tuple[Protocol, ...]] = {
    "coquelicots": (
        Protocol(
            "Enfant qui inquiète",
            (
                WHO,
                Step("ask", "Quel âge a l'enfant, en mois s'il a moins de deux ans ? Combien pèse-t-il ?"),
                Step(
                    "ask",
                    "Est-ce qu'il vous regarde, est-ce qu'il boit, est-ce que ses couches sont mouillées ?",
                ),
                Step("ask", "Quelle température, prise comment, à quelle heure ?"),
                samu(
                    "Moins de trois mois avec fièvre, taches qui ne s'effacent pas, convulsion, gêne pour respirer : composer le 15."
                ),
                Step("say", "Ne donnez rien de plus avant que le médecin vous l'ait dit."),
                Step(
                    "do",
                    "Autre situation : me passer l'appel tout de suite, ou message urgent si je suis à l'hôpital.",
                ),
                Step(
                    "do", "Produit avalé : centre antipoison, 24 heures sur 24, et garder l'emballage.", "15"
                ),
            ),
        ),
    ),
    "pascalini": (
        Protocol(
            "Saignement de nez, surdité brutale, corps étranger",
            (
                WHO,
                Step("ask", "De quel côté ? Depuis quelle heure exactement ?"),
                Step("ask", "Prenez-vous un traitement qui fluidifie le sang ? Lequel ?"),
                Step(
                    "say",
                    "Assis, la tête penchée en avant, pincez le nez dix minutes sans relâcher ; je reste avec vous.",
                ),
                samu(
                    "Saignement qui ne s'arrête pas, malaise, ou quelque chose qui gêne la respiration : composer le 15 et transférer."
                ),
                Step(
                    "do",
                    "Surdité d'une oreille depuis moins de soixante-douze heures : me passer l'appel, je trouve la place.",
                ),
                Step(
                    "do",
                    "Pile bouton, chez l'enfant, dans le nez ou l'oreille : composer le 15 sans attendre.",
                    "15",
                ),
            ),
        ),
    ),
    "montezin": (
        Protocol(
            "Idées de mourir, menace, disparition",
            (
                Step("say", "Vous avez bien fait d'appeler. Je vous écoute, prenez votre temps."),
                WHO,
                Step("ask", "Êtes-vous en sécurité là où vous êtes, à l'instant même ?"),
                Step("ask", "Êtes-vous seul ? Quelqu'un peut-il vous rejoindre, qui ?"),
                samu("Danger immédiat, médicaments pris, arme : composer le 15 ou le 17 sans raccrocher."),
                Step(
                    "do",
                    "Message urgent pour moi, je sors de séance. Si je ne réponds pas en cinq minutes : le 15, et le 3114 en relais.",
                    "3114",
                ),
                Step("say", "Le 3114 répond jour et nuit ; je peux vous mettre en relation tout de suite."),
                STAY,
            ),
        ),
    ),
    "loire": (
        Protocol(
            "Pendant un soin, ou chez un patient connu",
            (
                WHO,
                Step("ask", "L'infirmier est-il avec vous ? Sinon, à quelle heure est-il passé ?"),
                Step("ask", "La personne vous parle-t-elle ? Que dit-elle, mot pour mot ?"),
                samu("Composer le 15 et transférer ; donner le code de la porte et l'étage."),
                Step("do", "Prévenir Christelle puis Gaëtan sur leur portable, un appel chacun."),
                Step(
                    "do",
                    "Chute sans blessure, tuyau débranché, pansement tombé : message, l'un de nous repasse dans l'heure.",
                ),
            ),
        ),
    ),
    "peyroux": (
        Protocol(
            "Malaise loin de tout",
            (
                WHO,
                Step("ask", "La commune, le hameau, et un repère que l'on voit de la route ?"),
                samu(
                    "Composer le 15 tout de suite : les pompiers viennent de Grand-Bourg, comptez vingt minutes, donc on ne réfléchit pas."
                ),
                Step(
                    "ask", "Y a-t-il un voisin avec une voiture ? Le défibrillateur est à la salle des fêtes."
                ),
                Step(
                    "do",
                    "M'appeler sur le portable, deux fois de suite : deux appels veulent dire « c'est grave ».",
                ),
                STAY,
                Step(
                    "do", "Nuit et week-end : 116 117, et le 15 pour ce qui ne peut pas attendre.", "116117"
                ),
            ),
        ),
    ),
    "anse": (
        Protocol(
            "Malaise, douleur, fièvre qui ne baisse pas",
            (
                WHO,
                Step("ask", "Êtes-vous seul, et le portail est-il ouvert ?"),
                Step("ask", "La personne parle-t-elle et respire-t-elle normalement, oui ou non ?"),
                samu(
                    "Composer le 15 : c'est le SAMU de Martinique qui répond ; le dire si vous appelez de métropole."
                ),
                Step(
                    "say",
                    "Restez au téléphone, je garde la ligne ouverte pendant que je préviens le médecin.",
                ),
                Step(
                    "do",
                    "Prévenir le médecin présent ; s'il est déjà fermé, message urgent à chacun des deux.",
                ),
                Step("do", "Alerte de la préfecture : répéter la consigne officielle, n'en inventer aucune."),
            ),
        ),
        Protocol(
            "Mes patients sous surveillance",
            (
                WHO,
                Step("ask", "Depuis quelle heure, et est-ce pareil qu'hier ?"),
                samu(
                    "S'il répond « pire qu'hier » et qu'il a du mal à parler : composer le 15 et transférer."
                ),
                Step(
                    "do", "Sinon, me passer l'appel, même pendant une consultation, avec le nom en premier."
                ),
                Step("do", "Message urgent avec l'heure, la température et ce qui est dit."),
            ),
            doctor=1,
        ),
    ),
    "bellefeuille": (
        Protocol(
            "Diabète : malaise ou chiffre très haut",
            (
                WHO,
                Step("ask", "La personne est-elle consciente, est-ce qu'elle peut avaler ?"),
                Step(
                    "ask",
                    "Quel est le chiffre au lecteur, et à quelle heure ? (le noter, ne pas le commenter)",
                ),
                samu(
                    "Inconsciente, ou qui ne peut pas avaler : composer le 15, mettre la personne sur le côté."
                ),
                Step("say", "Ne donnez rien à boire ni à manger à quelqu'un qui ne répond pas."),
                Step("do", "Me passer l'appel : je décroche pendant les consultations pour cela."),
                Step(
                    "do",
                    "Chiffre au-dessus de trois grammes, vomissements : message urgent, je rappelle dans les dix minutes.",
                ),
            ),
        ),
    ),
}

PROTOCOLS = PROTOCOLS_A | PROTOCOLS_B
