"""What stands under docs/ and is written from the code.

Two kinds: pages that are written again whenever the code changes (`pages`, `asyncapi`), and what is written once and
then kept, because others have built on it (`schemas`, `samples`, written by `kept`).
"""
