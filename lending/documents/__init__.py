"""Papers: the loan contract and its cost sheet, as deterministic HTML and PDF."""
