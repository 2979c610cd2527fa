"""What stands under deploy/, run for real."""
