"""Forgetting a person: the ledger of orders, what of a store belongs to whom, and the order in which it is destroyed.

The ledger is appended to first, then the keys are destroyed, then the sealed values are emptied and the service says
so. Killed anywhere between, it goes on when its to-do is carried out again.
"""
