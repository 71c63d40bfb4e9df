"""Scripts that travel with an export and rerun its analyses with other people's software."""
