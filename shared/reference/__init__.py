"""Writes what stands under docs/ from the code.

Two kinds: pages that are written again whenever the code changes (`pages`, `asyncapi`), and files that are written once
and then kept, because others have built on them (`schemas`, `samples`, written by `kept`).
"""
