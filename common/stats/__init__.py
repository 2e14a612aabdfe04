"""Statistics that know nothing of models, notebooks or papers."""
