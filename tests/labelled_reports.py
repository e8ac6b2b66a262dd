"""Reports of the same causes in other words: one is the ticket that is open, the others are what colleagues type later.

Each cause is told by several people: one writes as a form wants it, one in a hurry, one without accents or with a slip,
one in the jargon of the trade. Around them lie tickets made of templates, on the same objects, about other things.
"""

from __future__ import annotations

import itertools

CAUSES: tuple[tuple[str, ...], ...] = (
    (
        "L’activation des cartes SIM échoue sur le réseau",
        "les puces ne s'activent plus depuis ce matin",
        "Impossible de mettre en service une sim",
        "activation sim en echec",
        "Mise en service des lignes KO, la carte reste inactive",
    ),
    (
        "Le PDF du devis sort vide",
        "quand j'imprime la proposition j'ai une page blanche",
        "document du devis sans contenu",
        "edition pdf devis page vide",
        "L’impression de la cotation donne une feuille blanche",
    ),
    (
        "La signature électronique du devis n’aboutit pas",
        "mon client n'arrive pas à signer en ligne",
        "lien de signature : le signataire ne peut pas parapher",
        "signature electronik du devis bloquee",
        "Le client clique sur signer et rien ne se passe",
    ),
    (
        "Recherche client très lente",
        "ça rame quand je cherche une entreprise",
        "la recherche par siren met une éternité, lenteur",
        "temps de reponse enorme sur la recherche de client",
        "Ralentissement pour retrouver une fiche client",
    ),
    (
        "Déconnexion toutes les dix minutes",
        "je suis sans arrêt éjecté de l'appli",
        "session expirée en permanence",
        "on se fait deconnecter en plein travail",
        "L’outil me demande de me reconnecter sans cesse",
    ),
    (
        "Connexion refusée : mot de passe pourtant correct",
        "mon mdp ne passe plus",
        "impossible de me loguer ce matin",
        "authentification en echec",
        "Login refusé alors que l’identifiant est bon",
    ),
    (
        "Le code RIO est rejeté lors de la portabilité",
        "portage impossible rio invalide",
        "on me refuse le RIO du client",
        "le rio est note incorrect pour garder le numero",
        "Rejet de la demande de portabilité à cause du RIO",
    ),
    (
        "La remise accordée n’apparaît pas sur le devis",
        "ma réduction n'est pas prise en compte dans la cotation",
        "rabais disparu du devis",
        "la promo ne s'applique pas au chiffrage",
        "Remise manquante dans la proposition commerciale",
    ),
    (
        "Montant de TVA faux sur la facture",
        "la tva de la facture est erronée",
        "facture : total ttc incorrect",
        "erreur de taxe dans la facturation",
        "Le taux de TVA facturé n’est pas le bon",
    ),
    (
        "Facture envoyée deux fois au client",
        "doublon de facture",
        "mon client a reçu sa facture en double",
        "facture dupliquee a l envoi",
        "Deux exemplaires de la même facture sont partis",
    ),
    (
        "Les lignes résiliées sont encore facturées",
        "on facture toujours un abonnement résilié",
        "client facturé après résiliation",
        "resil pas prise en compte en facturation",
        "Une ligne coupée depuis un mois figure toujours sur la facture",
    ),
    (
        "La commande reste bloquée à l’étape de livraison",
        "commande coincée, le colis ne part pas",
        "expédition figée : rien n'est livré",
        "cmd bloquee livraison",
        "Le transporteur n’a rien reçu, la commande n’avance plus",
    ),
    (
        "Suivi de colis introuvable chez le transporteur",
        "le numéro de suivi du transporteur n'existe pas",
        "lien de suivi de la livraison mort",
        "suivi colis inconnu",
        "Impossible de suivre l’acheminement du colis",
    ),
    (
        "Plus de cartes SIM disponibles dans le stock de l’agence",
        "rupture de puces à l'agence",
        "stock de sim à zéro",
        "on n'a plus de sim en reserve",
        "Stock agence vide, aucune carte disponible",
    ),
    (
        "Le parc du client ne s’affiche pas",
        "flotte vide à l'écran",
        "je ne vois plus les lignes du parc",
        "page du parc blanche",
        "L’affichage de la flotte ne vient jamais",
    ),
    (
        "Import du fichier de lignes refusé",
        "mon excel de lignes ne se charge pas",
        "chargement du tableur rejeté",
        "import csv des lignes en erreur",
        "L’intégration du fichier xlsx des numéros ne passe pas",
    ),
    (
        "L’export de la consommation est incomplet",
        "extraction des consos tronquée",
        "il manque des lignes dans l'export conso",
        "export consomation pas complet",
        "Le fichier extrait des consommations s’arrête au milieu",
    ),
    (
        "Options non ajoutées aux lignes",
        "l'ajout d'option ne se fait pas",
        "option roaming pas posée sur les lignes",
        "rajout d options impossible",
        "Les options choisies ne sont jamais mises sur les numéros",
    ),
    (
        "Adresse de livraison impossible à modifier",
        "changer l'adresse de livraison ne marche pas",
        "correction d'adresse refusée pour le colis",
        "modif adresse livraison ko",
        "La nouvelle rue de livraison n’est pas retenue",
    ),
    (
        "Bouton Valider grisé sur la commande",
        "je ne peux pas valider, bouton inactif",
        "validation de commande : le bouton ne réagit pas",
        "clic sur valider sans effet pour la cmd",
        "Impossible de cliquer sur valider dans la commande",
    ),
    (
        "Le courriel de confirmation n’arrive pas au client",
        "mail de confirmation jamais reçu",
        "le client ne reçoit aucun e-mail",
        "email confirmation non envoye",
        "Aucun message de confirmation dans la boîte du client",
    ),
    (
        "Droits insuffisants pour voir les dossiers de mon agence",
        "je n'ai plus l'habilitation sur mes clients",
        "accès interdit aux comptes de l'agence",
        "pb de droits je vois plus mes dossiers",
        "Mon profil ne permet plus d’ouvrir les fiches de l’agence",
    ),
    (
        "Suspension de ligne après vol sans effet",
        "téléphone volé mais la ligne marche encore",
        "coupure demandée pour vol, pas appliquée",
        "suspention vol pas faite",
        "La ligne déclarée volée n’est toujours pas suspendue",
    ),
    (
        "Blocage IMEI refusé",
        "je n'arrive pas à bloquer l'imei d'un mobile volé",
        "le terminal ne passe pas en liste noire imei",
        "imei non bloque",
        "Refus du blocage de l’appareil par IMEI",
    ),
    (
        "QR code eSIM non reçu",
        "le client n'a pas son qr code esim",
        "profil esim non téléchargé, pas de code",
        "esim : qrcode absent",
        "Aucun QR pour installer la e-SIM",
    ),
    (
        "Prix du catalogue différent du prix du devis",
        "écart de tarif entre catalogue et cotation",
        "le devis n'a pas le même prix que l'offre",
        "tarif incoherent devis catalogue",
        "Le montant du forfait dans la proposition n’est pas celui du catalogue",
    ),
    (
        "Forfait absent de la liste des offres",
        "l'offre 100 Go n'est pas dans le menu déroulant",
        "je ne trouve pas le forfait dans le catalogue",
        "offre introuvable dans la liste",
        "Il manque un abonnement dans la liste des produits",
    ),
    (
        "Client créé en double dans la base",
        "doublon de fiche client",
        "la même société existe deux fois",
        "entreprise en double meme siret",
        "Deux dossiers pour une seule entreprise",
    ),
    (
        "SIRET inconnu à la création du client",
        "siret refusé quand j'ouvre un compte",
        "création de client : établissement introuvable par siret",
        "numero siret pas reconnu",
        "Le registre ne trouve pas le SIRET de la nouvelle société",
    ),
    (
        "Date de portage repoussée sans explication",
        "la portabilité a été décalée, on ne sait pas pourquoi",
        "report du portage des numéros",
        "date portabilite changee toute seule",
        "Le changement d’opérateur est reporté sans motif",
    ),
    (
        "Code PUK introuvable sur la fiche de la ligne",
        "où est le puk ? il n'apparaît plus",
        "puk absent de la ligne",
        "code puk disparu",
        "Le PUK de la carte n’est plus affiché",
    ),
    (
        "Données mobiles coupées après changement de forfait",
        "plus d'internet depuis la modif du forfait",
        "changement d'offre : la data est coupée",
        "pas de 4g apres changement abonnement",
        "Le client n’a plus d’accès data une fois le plan tarifaire modifié",
    ),
)

_OBJECTS = ("de la commande", "du devis", "de la facture", "du parc", "de la ligne", "du client", "du catalogue", "de l’agence")
_THINGS = ("Le commentaire", "L’historique", "Le tri", "La couleur", "Le commercial", "Le contact", "La référence", "Le motif")
_FAULTS = ("n’est pas repris", "est mal classé", "porte un nom trop long", "revient à sa valeur de départ", "est en anglais")


def tickets() -> list[tuple[str, str, str]]:
    """Return (id, title, text): each cause's ticket, among the others."""
    told = [(f"T{number}", cause[0], "") for number, cause in enumerate(CAUSES)]
    others = itertools.product(_THINGS, _OBJECTS, _FAULTS)
    return told + [(f"N{number}", f"{thing} {owner} {fault}", "") for number, (thing, owner, fault) in enumerate(others)]


def queries() -> list[tuple[str, str]]:
    """Return (text, the id of the ticket that it repeats)."""
    return [(text, f"T{number}") for number, cause in enumerate(CAUSES) for text in cause[1:]]


def figures(found: list[list[str]]) -> dict[str, float]:
    """Return mean reciprocal rank and recalls of what was found for each query, in order."""
    wanted = [identifier for _, identifier in queries()]
    places = [ids.index(one) + 1 if one in ids else 0 for ids, one in zip(found, wanted, strict=True)]
    return {
        "mrr": sum(1 / place for place in places if place) / len(places),
        "recall@1": sum(place == 1 for place in places) / len(places),
        "recall@5": sum(0 < place <= 5 for place in places) / len(places),
    }
