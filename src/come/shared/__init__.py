"""Money, periods, ids, identifiers, obstacles, the event log, the clock: no business word in here."""
