"""Who vouches for the people at the desk, beside the desk itself."""
