"""Model Context Protocol: our tools for outside agents."""
