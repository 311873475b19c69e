"""Models of language: what a text means, as a vector. One file per kind, none of them needed."""
