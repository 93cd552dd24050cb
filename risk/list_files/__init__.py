"""Reading the files of customer lists as streams: flat memory, bounded, nothing trusted.

Every reader yields records of text cells; what is wrong with the file as a whole is a
``FileProblem``, what is wrong with a row is found later, by ``risk.domain.list_rows``.
"""
