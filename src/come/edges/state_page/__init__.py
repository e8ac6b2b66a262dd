"""The door to everyone, when the product itself is shut: a page of static files that says what is down."""
