"""What clinicians check: cards, rules, statements and test patients."""
