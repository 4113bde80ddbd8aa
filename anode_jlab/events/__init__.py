"""What can happen to a notebook: frozen, typed, versioned facts in the past tense."""
