"""Story: plays a group's journey through the four services over HTTP, as their clients would, and reads it back.

It knows addresses and wire fields, never a service's code: what it cannot do over HTTP, no client can.
"""
