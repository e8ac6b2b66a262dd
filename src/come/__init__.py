"""COME: the commercial information system of a telecom operator's business-market sales force."""
