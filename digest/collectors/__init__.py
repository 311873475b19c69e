"""One file per kind of source, and the polite, bounded way out to them."""
