"""The front door: decode, authorise, call, encode; one file per resource."""
