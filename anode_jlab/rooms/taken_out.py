"""Tells of the large outputs that came into a notebook with the content of a file."""

from __future__ import annotations

from anode_jlab.documents.kind import AnyKind
from anode_jlab.events.artifacts import ArtifactStored
from anode_jlab.materializers.notebook import NotebookState


def taken_out(kind: AnyKind, content: object, state: NotebookState) -> list[ArtifactStored]:
    """Events of what the content refers to and the log does not know yet.

    They belong into the transaction of the log that the content comes with.
    """
    known = {artifact.sha256 for artifact in state.artifacts}
    told = {one.sha256: one for one in kind.artifacts(content) if one.sha256 not in known}
    return list(told.values())
