"""Pages of reader studies: for coordinators, for readers, for whoever reads the results."""
