"""What runs jobs at their times; one file per kind."""
