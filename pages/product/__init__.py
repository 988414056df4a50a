"""What integrators read: mapping, settings, rooms, steps of a client."""
