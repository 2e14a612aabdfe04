"""One folder per replicated paper."""
