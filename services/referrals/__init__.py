"""Referrals: what help somebody is to get, from whom, whether it came, and how they are a year later.

It decides who offers what, what a plan holds and when it may be closed, whether a request may leave the house, and
when somebody visits. It opens a plan when intake opens a case, gates on entitlements and handling instructions that
screening publishes, and closing a plan closes the case. It never asks what was found, and holds no names.
"""
