"""Documents that customers read, drawn as PDF."""
