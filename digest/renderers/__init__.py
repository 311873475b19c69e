"""What readers see: emails, pages and feeds, made of an edition or the catalogue."""
