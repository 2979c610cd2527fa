"""Story: plays a group's journey through the four services over HTTP, as their clients would, and reads it back.

It knows addresses and fields on the wire and imports no service: what it cannot do over HTTP, no client can.
"""
