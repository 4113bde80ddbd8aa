"""Pure state from events: replay gives what live gave."""
