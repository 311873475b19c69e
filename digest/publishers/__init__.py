"""Ways of putting artifacts where readers fetch them."""
