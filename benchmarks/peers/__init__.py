"""Others beside whom the service is measured; they are installed outside the project."""
