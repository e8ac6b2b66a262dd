"""What may be sold, to whom, at what price, from when to when; and the negotiated agreements."""
