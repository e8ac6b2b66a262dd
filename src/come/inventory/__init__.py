"""What each customer has: lines, SIMs, numbers, devices, options, prices, over time."""
