"""How facts and their fields are said in French; an unknown one is shown by its own name."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _, gettext_noop

# Fact -> sentence and tone.
_TITLES: dict[str, tuple[str, str]] = {
    "AgencyCreated": (gettext_noop("Agence créée"), "done"),
    "StaffMemberCreated": (gettext_noop("Compte créé"), "done"),
    "StaffMemberChanged": (gettext_noop("Compte modifié"), "progress"),
    "StaffMemberDeactivated": (gettext_noop("Compte désactivé"), "blocked"),
    "StaffMemberReactivated": (gettext_noop("Compte réactivé"), "done"),
    "PasswordChanged": (gettext_noop("Mot de passe changé"), "progress"),
    "ApiTokenIssued": (gettext_noop("Clé d’API délivrée"), "progress"),
    "ApiTokenRevoked": (gettext_noop("Clé d’API révoquée"), "cancelled"),
    "CustomerFileCreated": (gettext_noop("Fiche client créée"), "done"),
    "CompaniesLoaded": (gettext_noop("Entreprises chargées"), "done"),
    "BillingAccountCreated": (gettext_noop("Compte de facturation ouvert"), "done"),
    "CostCentreAdded": (gettext_noop("Centre de coût ajouté"), "progress"),
    "ContactPointAdded": (gettext_noop("Contact ajouté"), "progress"),
    "CatalogueImported": (gettext_noop("Catalogue importé"), "done"),
    "OfferingCreated": (gettext_noop("Offre créée"), "draft"),
    "OfferingRenamed": (gettext_noop("Offre renommée"), "progress"),
    "OfferingSubmitted": (gettext_noop("Offre envoyée en relecture"), "waiting"),
    "OfferingPublished": (gettext_noop("Offre publiée"), "done"),
    "OfferingRetired": (gettext_noop("Offre retirée"), "cancelled"),
    "SpecificationChanged": (gettext_noop("Spécification modifiée"), "progress"),
    "AgreementCreated": (gettext_noop("Accord rédigé"), "draft"),
    "AgreementSigned": (gettext_noop("Accord signé"), "done"),
    "QuoteCreated": (gettext_noop("Devis créé"), "draft"),
    "QuoteLinesChanged": (gettext_noop("Lignes du devis modifiées"), "progress"),
    "QuoteHeadChanged": (gettext_noop("Devis modifié"), "progress"),
    "QuotePriced": (gettext_noop("Devis chiffré"), "progress"),
    "QuoteSent": (gettext_noop("Devis envoyé"), "progress"),
    "QuoteAccepted": (gettext_noop("Devis accepté"), "done"),
    "QuoteClosed": (gettext_noop("Devis clos"), "cancelled"),
    "OrderSubmitted": (gettext_noop("Commande reçue"), "progress"),
    "OrderProgressed": (gettext_noop("Commande avancée"), "progress"),
    "OrderStepsHeld": (gettext_noop("Étapes bloquées"), "blocked"),
    "OrderRepaired": (gettext_noop("Commande relancée"), "progress"),
    "OrderCancelled": (gettext_noop("Commande annulée"), "cancelled"),
    "OrderCompleted": (gettext_noop("Commande terminée"), "done"),
    "PromiseMade": (gettext_noop("Date promise"), "waiting"),
    "LinesInstalled": (gettext_noop("Lignes installées"), "done"),
    "LinesChangedState": (gettext_noop("État des lignes changé"), "progress"),
    "LinesEdited": (gettext_noop("Lignes modifiées"), "progress"),
    "StockReceived": (gettext_noop("Stock reçu"), "done"),
    "UsageFileIngested": (gettext_noop("Fichier de consommations intégré"), "done"),
    "CycleRated": (gettext_noop("Cycle valorisé"), "done"),
    "SuspenseRecycled": (gettext_noop("Suspens recyclés"), "progress"),
    "BillRunOpened": (gettext_noop("Facturation ouverte"), "draft"),
    "BillsComputed": (gettext_noop("Factures calculées"), "progress"),
    "BillsChecked": (gettext_noop("Factures contrôlées"), "progress"),
    "BillHoldReleased": (gettext_noop("Facture libérée"), "done"),
    "BillRefused": (gettext_noop("Facture refusée"), "cancelled"),
    "BillRecomputed": (gettext_noop("Facture recalculée"), "progress"),
    "BillRunApproved": (gettext_noop("Facturation approuvée"), "done"),
    "BillRunIssued": (gettext_noop("Factures émises"), "done"),
    "BillRunCancelled": (gettext_noop("Facturation annulée"), "cancelled"),
    "TicketOpened": (gettext_noop("Incident ouvert"), "blocked"),
    "TicketJoined": (gettext_noop("Incident rejoint"), "blocked"),
    "TicketAccepted": (gettext_noop("Incident pris en charge"), "progress"),
    "TicketPromiseMoved": (gettext_noop("Date promise déplacée"), "waiting"),
    "TicketResolved": (gettext_noop("Incident résolu"), "done"),
    "TicketCommented": (gettext_noop("Incident commenté"), "neutral"),
}
_FIELDS: dict[str, str] = {
    "display_name": gettext_noop("Nom"),
    "name": gettext_noop("Nom"),
    "email": gettext_noop("Courriel"),
    "roles": gettext_noop("Rôles"),
    "agencies": gettext_noop("Agences"),
    "is_active": gettext_noop("Actif"),
    "code": gettext_noop("Code"),
    "city": gettext_noop("Ville"),
    "state": gettext_noop("État"),
    "reference": gettext_noop("Référence"),
    "expires_at": gettext_noop("Expire le"),
}


def title(event_name: str) -> tuple[str, str]:
    """Return the sentence of a fact and its tone."""
    known = _TITLES.get(event_name)
    if known is not None:
        return _(known[0]), known[1]
    return " ".join(re.findall(r"[A-Z][a-z0-9]*", event_name)) or event_name, "neutral"


def field(name: str) -> str:
    """Return the words of a field."""
    known = _FIELDS.get(name)
    return _(known) if known else name.replace("_", " ")
