"""Take usage files in: check, deduplicate, store; pure files, no Django."""
