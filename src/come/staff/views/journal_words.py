"""How facts and their fields are said in French; an unknown one is shown by its own name."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from come.shared import text

# Fact -> sentence and tone.
_TITLES: dict[str, tuple[str, str]] = {
    "AgencyCreated": (text.noop("Agence créée"), "done"),
    "StaffMemberCreated": (text.noop("Compte créé"), "done"),
    "StaffMemberChanged": (text.noop("Compte modifié"), "progress"),
    "StaffMemberDeactivated": (text.noop("Compte désactivé"), "blocked"),
    "StaffMemberReactivated": (text.noop("Compte réactivé"), "done"),
    "PasswordChanged": (text.noop("Mot de passe changé"), "progress"),
    "ApiTokenIssued": (text.noop("Clé d’API délivrée"), "progress"),
    "ApiTokenRevoked": (text.noop("Clé d’API révoquée"), "cancelled"),
    "CustomerFileCreated": (text.noop("Fiche client créée"), "done"),
    "CompaniesLoaded": (text.noop("Entreprises chargées"), "done"),
    "BillingAccountCreated": (text.noop("Compte de facturation ouvert"), "done"),
    "CostCentreAdded": (text.noop("Centre de coûts ajouté"), "progress"),
    "ContactPointAdded": (text.noop("Contact ajouté"), "progress"),
    "CompanyRegistered": (text.noop("Entreprise inscrite au référentiel"), "done"),
    "EstablishmentAdded": (text.noop("Établissement ajouté"), "progress"),
    "CustomerFilePlaced": (text.noop("Dossier rattaché à son établissement"), "done"),
    "CustomerFileRenamed": (text.noop("Dossier renommé"), "progress"),
    "CatalogueImported": (text.noop("Catalogue importé"), "done"),
    "OfferingCreated": (text.noop("Offre créée"), "draft"),
    "OfferingRenamed": (text.noop("Offre renommée"), "progress"),
    "OfferingEdited": (text.noop("Offre modifiée"), "draft"),
    "OfferingSentBack": (text.noop("Offre rendue à son auteur"), "waiting"),
    "OfferingSubmitted": (text.noop("Offre envoyée en relecture"), "waiting"),
    "OfferingPublished": (text.noop("Offre publiée"), "done"),
    "OfferingRetired": (text.noop("Offre retirée"), "cancelled"),
    "SpecificationChanged": (text.noop("Spécification modifiée"), "progress"),
    "AgreementCreated": (text.noop("Accord rédigé"), "draft"),
    "AgreementSigned": (text.noop("Accord signé"), "done"),
    "CustomersWelcomed": (text.noop("Le prospect devient client"), "done"),
    "QuoteCreated": (text.noop("Devis créé"), "draft"),
    "QuoteLinesChanged": (text.noop("Lignes du devis modifiées"), "progress"),
    "QuoteHeadChanged": (text.noop("Devis modifié"), "progress"),
    "QuoteTermsChanged": (text.noop("Conditions du devis modifiées"), "progress"),
    "QuotePriced": (text.noop("Devis chiffré"), "progress"),
    "QuoteSent": (text.noop("Devis envoyé"), "progress"),
    "QuoteLetterWritten": (text.noop("Message préparé pour le client"), "progress"),
    "QuoteLinkChanged": (text.noop("Lien du client changé ou fermé"), "progress"),
    "QuoteAccepted": (text.noop("Devis accepté"), "done"),
    "QuotePriceConceded": (text.noop("Remise consentie ou retirée"), "progress"),
    "ApprovalAsked": (text.noop("Approbation demandée"), "waiting"),
    "ApprovalDecided": (text.noop("Approbation : réponse"), "done"),
    "ApprovalsDelegated": (text.noop("Remplacement pour approuver"), "progress"),
    "ApprovalDelegationEnded": (text.noop("Remplacement terminé"), "neutral"),
    "ApprovalHandedOn": (text.noop("Approbation transmise"), "waiting"),
    "QuoteClosed": (text.noop("Devis clos"), "cancelled"),
    "OrderSubmitted": (text.noop("Commande reçue"), "progress"),
    "OrderProgressed": (text.noop("Commande avancée"), "progress"),
    "OrderStepsHeld": (text.noop("Étapes bloquées"), "blocked"),
    "OrderRepaired": (text.noop("Commande relancée"), "progress"),
    "OrderCancelled": (text.noop("Commande annulée"), "cancelled"),
    "OrderCompleted": (text.noop("Commande terminée"), "done"),
    "PromiseMade": (text.noop("Date promise"), "waiting"),
    "LinesInstalled": (text.noop("Lignes installées"), "done"),
    "LinesModified": (text.noop("Lignes modifiées"), "progress"),
    "LinesChangedState": (text.noop("État des lignes changé"), "progress"),
    "LinesEdited": (text.noop("Lignes modifiées"), "progress"),
    "StockReceived": (text.noop("Stock reçu"), "done"),
    "UsageFileIngested": (text.noop("Fichier de consommations intégré"), "done"),
    "UsageFileTakenIn": (text.noop("Fichier de consommations intégré"), "done"),
    "RatingRequested": (text.noop("Valorisation demandée"), "progress"),
    "SimulationRequested": (text.noop("Simulation de prix demandée"), "progress"),
    "CycleRated": (text.noop("Cycle valorisé"), "done"),
    "SuspenseRecycled": (text.noop("Suspens recyclés"), "progress"),
    "BillRunOpened": (text.noop("Facturation ouverte"), "draft"),
    "BillsComputed": (text.noop("Factures calculées"), "progress"),
    "BillsChecked": (text.noop("Factures contrôlées"), "progress"),
    "BillHoldReleased": (text.noop("Facture libérée"), "done"),
    "BillRefused": (text.noop("Facture refusée"), "cancelled"),
    "BillRecomputed": (text.noop("Facture recalculée"), "progress"),
    "BillRunApproved": (text.noop("Facturation approuvée"), "done"),
    "BillRunIssued": (text.noop("Factures émises"), "done"),
    "BillRunCancelled": (text.noop("Facturation annulée"), "cancelled"),
    "TicketOpened": (text.noop("Incident ouvert"), "blocked"),
    "TicketJoined": (text.noop("Incident rejoint"), "blocked"),
    "TicketAccepted": (text.noop("Incident pris en charge"), "progress"),
    "TicketPromiseMoved": (text.noop("Date promise déplacée"), "waiting"),
    "TicketResolved": (text.noop("Incident résolu"), "done"),
    "TicketCommented": (text.noop("Incident commenté"), "neutral"),
}
_FIELDS: dict[str, str] = {
    "display_name": text.noop("Nom"),
    "name": text.noop("Nom"),
    "email": text.noop("E-mail"),
    "roles": text.noop("Rôles"),
    "agencies": text.noop("Agences"),
    "is_active": text.noop("Actif"),
    "code": text.noop("Code"),
    "city": text.noop("Ville"),
    "state": text.noop("État"),
    "reference": text.noop("Référence"),
    "expires_at": text.noop("Expire le"),
    "name_fr": text.noop("Nom"),
    "title": text.noop("Intitulé"),
    "status": text.noop("État"),
    "states": text.noop("États"),
    "siren": text.noop("SIREN"),
    "siret": text.noop("SIRET"),
    "legal_name": text.noop("Raison sociale"),
    "brand": text.noop("Enseigne"),
    "is_provisional": text.noop("Provisoire"),
    "promised_at": text.noop("Promis le"),
    "description": text.noop("Description"),
    "different_because": text.noop("Différent parce que"),
    "agreement": text.noop("Accord"),
    "version": text.noop("Version"),
    "valid_until": text.noop("Valable jusqu’au"),
    "valid_from": text.noop("Valable dès le"),
    "valid_to": text.noop("Valable jusqu’au"),
    "signed_date": text.noop("Signé le"),
    "segment": text.noop("Segment"),
    "role": text.noop("Fonction"),
    "reason": text.noop("Motif"),
    "payment_means": text.noop("Règlement"),
    "monthly": text.noop("Mensuel HT"),
    "labels": text.noop("Libellés"),
    "user_label": text.noop("Libellé"),
    "cost_centre": text.noop("Centre de coûts"),
    "cost_centres": text.noop("Centres de coûts"),
    "kind": text.noop("Nature"),
    "issue_date": text.noop("Émise le"),
    "gross_amount": text.noop("Total TTC"),
    "net_amount": text.noop("Total HT"),
    "contact": text.noop("Contact"),
    "accounts": text.noop("Comptes"),
    "account": text.noop("Compte"),
    "lines": text.noop("Lignes"),
    "owner": text.noop("Suivi par"),
    "owner_name": text.noop("Suivi par"),
    "quantity": text.noop("Quantité"),
    "count": text.noop("Nombre"),
    "cycle": text.noop("Cycle"),
}


# Values of `state` and `status`, said without the gender of what they qualify.
_STATES: dict[str, str] = {
    "acknowledged": text.noop("pris en compte"),
    "active": text.noop("en service"),
    "approved": text.noop("approuvé"),
    "accepted": text.noop("accepté"),
    "cancelled": text.noop("annulé"),
    "checked": text.noop("contrôlé"),
    "closed": text.noop("clos"),
    "completed": text.noop("terminé"),
    "computed": text.noop("calculé"),
    "created": text.noop("créé"),
    "draft": text.noop("brouillon"),
    "expired": text.noop("expiré"),
    "failed": text.noop("en échec"),
    "held": text.noop("bloqué"),
    "inProgress": text.noop("en cours"),
    "issued": text.noop("émis"),
    "launched": text.noop("en vente"),
    "open": text.noop("ouvert"),
    "partial": text.noop("partiel"),
    "pending": text.noop("en attente"),
    "prospect": text.noop("prospect"),
    "rejected": text.noop("refusé"),
    "resolved": text.noop("résolu"),
    "retired": text.noop("retiré"),
    "sent": text.noop("envoyé"),
    "signed": text.noop("signé"),
    "suspended": text.noop("suspendu"),
    "terminated": text.noop("résilié"),
}


def state(code: str) -> str:
    """Return the words of a state; an unknown one is shown as it is."""
    known = _STATES.get(code)
    return _(known) if known else code


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
