"""What the assistant can do, each tool with its schema; the same for outside agents."""
