"""A whole population: what the service would say to every patient of an export."""
