"""What the assistant is shown of a notebook: never a hidden cell."""
