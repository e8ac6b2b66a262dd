"""The demonstration: a fictional operator, and one fleet's road from an offer to a legal invoice.

Every step calls the same commands as the screens, under request ids derived from the story, and is remembered when it is
done: a demonstration that is killed at any moment resumes where it was, and nothing is doubled.
"""
