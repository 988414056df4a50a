"""What is measured with many: a population, a million decisions."""
