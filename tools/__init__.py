"""What keeps the repository in shape; nothing here is shipped."""
