"""Pure decisions about quotes."""
