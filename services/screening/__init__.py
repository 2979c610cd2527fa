"""Screening: asks with consent, suggests by rules that can be read, and records what named people decide.

It decides who is interviewed how, what is suggested, what is found and to whom a child may go. It says (publishes)
entitlements, handling instructions and receivers, never an answer or a finding. It hears from intake who was admitted,
whose urgent needs were met, who consented, who is a child, and which caregiver is implicated.
"""
