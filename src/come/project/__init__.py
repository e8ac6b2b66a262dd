"""Settings, addresses, the command line and the table of subscriptions: where the packages are joined."""
