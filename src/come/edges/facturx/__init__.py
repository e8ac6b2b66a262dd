"""French e-invoices: CII writer, Factur-X PDF, proof by the public rules."""
