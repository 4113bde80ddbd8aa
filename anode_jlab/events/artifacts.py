"""Events about bytes that are kept outside the document: large outputs and attached files."""

from __future__ import annotations

from typing import ClassVar

from anode_jlab.events.event import Event
from anode_jlab.ids import Sha256


class ArtifactStored(Event, frozen=True, kw_only=True):
    """Bytes of this notebook are durable outside its document, from now on to be referred to.

    ``size`` is in bytes; ``mime`` is what they are served as.
    """

    event_name: ClassVar[str] = "v1.ArtifactStored"
    sha256: Sha256
    size: int
    mime: str


class ArtifactReleased(Event, frozen=True, kw_only=True):
    """Nothing refers to these bytes any more: they were removed."""

    event_name: ClassVar[str] = "v1.ArtifactReleased"
    sha256: Sha256
