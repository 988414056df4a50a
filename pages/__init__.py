"""Writers of the generated pages: `./run pages` writes them all to docs/generated."""
