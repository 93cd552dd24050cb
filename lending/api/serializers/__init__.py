"""Request bodies (strict) and the shapes of answers, by noun."""
