"""Companies, establishments, contacts, customer files, billing accounts."""
