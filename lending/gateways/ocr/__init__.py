"""Reading ID cards from photographs (D16). Runs in the documents worker only: the models are heavy."""
