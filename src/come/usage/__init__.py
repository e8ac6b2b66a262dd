"""Usage: takes usage records in, rates them, keeps the proof."""
