"""What a fleet costs: the pure pricing kernel, and the slow reference that proves it."""

from come.quote.pricing.kernel import line_totals, price_quote

__all__ = ["line_totals", "price_quote"]
