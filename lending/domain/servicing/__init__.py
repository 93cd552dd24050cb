"""The life of a loan after the payout, pure: replayed from its facts, its plan and its transactions.

``replay.replay`` is the one function behind repayment, reversal, quotes and previews; end of day does
the same arithmetic set-based (``lending.services.closing``) and a test holds the two equal.
"""
