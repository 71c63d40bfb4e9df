"""Agreement of raters with one another, whatever the truth."""
