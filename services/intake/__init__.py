"""Intake: who came home, when, with whom, and where they sleep.

It decides that a list was received and reconciled, that somebody is a person seen before or not, that a case exists,
what was agreed to, and how a stay begins and ends. It alone holds identities. It hears of exploitation months (to say
who was a child then), of best-interests decisions (before a child is handed over) and of closed plans (to close cases).
"""
