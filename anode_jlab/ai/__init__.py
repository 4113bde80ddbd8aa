"""The assistant: what it sees, what it may do, and who allows it."""
