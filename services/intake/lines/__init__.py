"""Lines of a list: each as received, each erasable alone, each with what became of it."""
