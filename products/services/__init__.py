"""Writing products: versions of a product, dated numbers of the law, and the seeds of both."""
