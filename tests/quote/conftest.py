"""What tests of quotes share."""

from quote_scene import scene, snapshots

__all__ = ["scene", "snapshots"]
