"""The invoice as a value: what it says, its sums, its own checks. Pure: no Django, no table, no file."""
