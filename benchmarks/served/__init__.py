"""What is measured over HTTP, in the server of production."""
