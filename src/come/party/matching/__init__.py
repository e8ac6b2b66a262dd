"""Is this company already known? Names made comparable, a score that is the sum of its reasons. Pure."""
