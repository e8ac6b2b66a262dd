"""Pure decisions of orders: states, decomposition, causes, dates, breaker."""
