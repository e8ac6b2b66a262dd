"""The words that fictional companies are made of."""

from __future__ import annotations

SURNAMES = (
    "Morel", "Garnier", "Faure", "Blanchard", "Perrot", "Chevalier", "Renaud", "Besson", "Charpentier", "Marchand", "Lacroix", "Vidal",
    "Carpentier", "Leroux", "Guillot", "Berger", "Colin", "Fontaine", "Roche", "Barbier", "Arnaud", "Meunier", "Gauthier", "Brunet",
    "Delmas", "Pichon", "Le Goff", "Kervella", "Ferrand", "Cazenave", "Etcheverry", "Schmitt", "Muller", "Vasseur", "Lefort", "Bouvier",
    "Diallo", "Benali", "Nguyen", "Da Silva", "Martinez", "Rossi", "Kowalski", "Haddad", "Évrard", "Hénault", "Mazoyer", "Ollivier",
    "Peyraud", "Quéré", "Rouvière", "Sabatier", "Tessier", "Urbain", "Villeneuve", "Weber", "Ybarra", "Zeller",
)  # fmt: skip
FIRST_NAMES = (
    "Camille", "Louis", "Emma", "Hugo", "Léa", "Jules", "Manon", "Arthur", "Chloé", "Nathan", "Inès", "Gabriel", "Zoé", "Paul", "Sarah",
    "Thomas", "Élodie", "Karim", "Aïcha", "Mathieu", "Noémie", "Benoît", "Céline", "François", "Mamadou", "Linh", "Joana", "Yann",
)  # fmt: skip
# Trade: words that name it, NAF, share among companies.
TRADES = (
    ("Transports", "49.41A", 9), ("Bâtiment", "41.20B", 9), ("Électricité", "43.21A", 8), ("Plomberie", "43.22A", 6),
    ("Menuiserie", "43.32A", 5), ("Boulangerie", "10.71C", 6), ("Garage", "45.20A", 5), ("Pharmacie", "47.73Z", 4),
    ("Ingénierie", "71.12B", 6), ("Informatique", "62.02A", 7), ("Conseil", "70.22Z", 6), ("Logistique", "52.29B", 5),
    ("Ambulances", "86.90A", 3), ("Nettoyage", "81.21Z", 5), ("Sécurité", "80.10Z", 4), ("Paysages", "81.30Z", 4),
    ("Imprimerie", "18.12Z", 2), ("Mécanique", "25.62B", 5), ("Charpente", "43.91A", 3), ("Vins", "01.21Z", 3),
    ("Hôtellerie", "55.10Z", 4), ("Restauration", "56.10A", 6), ("Immobilier", "68.31Z", 5), ("Formation", "85.59A", 3),
    ("Distribution", "46.90Z", 5), ("Agroalimentaire", "10.89Z", 3), ("Énergies", "35.11Z", 2), ("Aéronautique", "30.30Z", 2),
)  # fmt: skip
COINED = (
    "Alténia", "Brivance", "Cévéo", "Dorlane", "Elyane", "Forvence", "Gerlane", "Helvéane", "Isarane", "Jovance", "Kerlanne", "Luméane",
    "Mervane", "Nordane", "Océlia", "Pilatis", "Quercyane", "Rhodane", "Saôna", "Tarnelle", "Urbelis", "Valmonde", "Westria", "Ysera",
)  # fmt: skip
# The registry writes the kind of way by its code.
WAYS = ("RUE", "AV", "BD", "PL", "CHE", "RTE", "IMP", "ALL", "QUAI")
WAY_NAMES = (
    "DE LA REPUBLIQUE", "VICTOR HUGO", "JEAN JAURES", "DES LILAS", "DU MOULIN", "DE L EUROPE", "PASTEUR", "DES TILLEULS", "DE LA GARE",
    "DES ENTREPRENEURS", "DU STADE", "GAMBETTA", "DES ARTISANS", "DU PORT", "MARIE CURIE", "DES CORDELIERS", "DE LA LIBERTE", "DU LAVOIR",
)  # fmt: skip
# Legal category, share among companies.
FORMS = (("5710", 40), ("5499", 28), ("5720", 8), ("5498", 6), ("5599", 4), ("1000", 8), ("6540", 2), ("9220", 2), ("7354", 2))
SOLE_TRADER, ASSOCIATION, PUBLIC_BODY = "1000", "9220", "7354"
# The legal categories that small and middle companies have most often, as people say them.
LEGAL_FORMS = {
    "1000": "Entrepreneur individuel",
    "5202": "SNC",
    "5498": "EURL",
    "5499": "SARL",
    "5599": "SA",
    "5710": "SAS",
    "5720": "SASU",
    "6540": "SCI",
    "7210": "Commune",
    "7354": "Syndicat mixte",
    "9220": "Association",
}
WAY_WORDS = {
    "AV": "AVENUE",
    "BD": "BOULEVARD",
    "PL": "PLACE",
    "CHE": "CHEMIN",
    "RTE": "ROUTE",
    "IMP": "IMPASSE",
    "ALL": "ALLEE",
    "SQ": "SQUARE",
    "CRS": "COURS",
    "FG": "FAUBOURG",
}
