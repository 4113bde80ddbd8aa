"""The shared notebook document: its typed face, its facts, its way from and to the file."""
