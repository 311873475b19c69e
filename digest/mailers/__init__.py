"""Ways for letters to leave the house; one file per kind."""
