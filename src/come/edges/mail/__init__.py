"""The door to people's letter boxes: a folder of letters, one file each, that a mail server may pick up."""
