"""What is measured without server and network: counts, growth, the dearest requests."""
