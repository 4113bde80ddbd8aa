"""Who is connected to a notebook, and how a change becomes durable before anyone sees it."""
