"""The steps of the story, in their order."""

from come.project.demo.journey import Step
from come.project.demo.steps import billing, loose_ends, order, quote, usage, world

STEPS = (
    Step("schema", "Préparer la base de données", world.migrate, is_journey=False),
    Step("catalogue", "Charger le catalogue de Novaline Entreprises", world.load_catalogue, is_journey=False),
    Step("staff", "Ouvrir trois agences et leurs équipes", world.hire, is_journey=False),
    Step("registry", "Poser le miroir du registre des entreprises", world.mirror_registry, is_journey=False),
    Step("companies", "Charger 300 entreprises, leurs établissements, leurs comptes", world.load_companies, is_journey=False),
    Step("fleets", "Installer 40 flottes existantes", world.install_fleets, is_journey=False),
    Step("previous_files", "Recevoir les communications du mois précédent", usage.generate_previous, is_journey=False),
    Step("previous_rating", "Les contrôler et les valoriser", usage.ingest_and_rate_previous, is_journey=False),
    Step("previous_bills", "Facturer le mois précédent", billing.bill_previous, is_journey=False),
    Step("company", "Trouver une entreprise par son SIREN, ouvrir son dossier", quote.find_company),
    Step("agreement", "Signer son accord-cadre", quote.sign_agreement),
    Step("quote", "Chiffrer 25 lignes collées d’un tableur", quote.make_quote),
    Step("sent", "Envoyer le devis en PDF, recevoir l’acceptation", quote.send_and_accept),
    Step("order", "Commander et activer ; deux lignes échouent, sont retenues", order.submit_and_activate),
    Step("repair", "Réparer les deux lignes, finir la commande", order.repair),
    Step("usage_files", "Recevoir un mois de communications", usage.generate, is_journey=False),
    Step("intake", "Contrôler, dédoublonner, ranger", usage.ingest),
    Step("rating", "Valoriser chaque communication", usage.rate),
    Step("bill_run", "Calculer et contrôler les factures de tous les comptes", billing.compute),
    Step("proof", "Prouver les factures par les règles publiques", billing.check),
    Step("issue", "Approuver à deux, numéroter, émettre les Factur-X", billing.issue),
    Step("explain", "Expliquer une facture jusqu’à l’appel", billing.explain),
    Step("left", "Laisser de quoi essayer soi-même", loose_ends.leave, is_journey=False),
)

__all__ = ["STEPS"]
