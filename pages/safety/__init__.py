"""The pages of the hazard log: for safety officers and the deploying hospital."""
