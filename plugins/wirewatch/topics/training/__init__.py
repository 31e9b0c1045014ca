"""Learning a topic's model from labelled articles: `wirewatch train`.

Beside the product's running parts, and imported by none of them: it needs the extra `train`.
"""
