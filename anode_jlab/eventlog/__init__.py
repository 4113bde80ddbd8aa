"""The event log: append, read, subscribe, snapshot; one store per notebook."""
