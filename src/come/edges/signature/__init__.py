"""Who vouches for a signature: ourselves, or a provider outside."""
