"""The national registry of companies: an offline mirror in the published layouts, and a generator of synthetic ones."""
