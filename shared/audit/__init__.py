"""The audit as a hash tree: who did what, in an order that nobody can change unseen.

Entries are written by the unit or the read that they tell of. Here they get their numbers afterwards, their tree and
its signed checkpoints, which a witness takes; and here they are verified without any network (decision 0042).
"""
