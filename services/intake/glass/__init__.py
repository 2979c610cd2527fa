"""Broken glass: in a danger, staff of the holder outside the team see who and where somebody is, for an hour."""
