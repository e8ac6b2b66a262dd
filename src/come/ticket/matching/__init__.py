"""Which tickets speak of the same thing: French words to terms (`words`), terms to a ranking (`bm25`). Pure: no framework, no table."""
