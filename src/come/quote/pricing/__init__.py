"""What a fleet costs: the pure pricing kernel, and the slow reference that proves it."""

from come.quote.pricing.kernel import price_quote
from come.quote.pricing.rules import quote_obstacles

__all__ = ["price_quote", "quote_obstacles"]
