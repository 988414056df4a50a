"""What the product is made of: the packages of the lock file, their licences, and what is known
against them.
"""
