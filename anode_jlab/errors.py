"""What can go wrong, as one tree: each error has a stable code and says what to do.

Only ``handlers/base.py`` maps these to HTTP statuses and only ``rooms/protocol.py`` to close codes.
"""

from __future__ import annotations

from typing import ClassVar


class AnodeError(Exception):
    """Something went wrong in anode_jlab: see the server's log."""

    code: ClassVar[str] = "internal"
    hint: ClassVar[str] = "See the server's log for details."

    def __init__(self, message: str | None = None, *, hint: str | None = None) -> None:
        doc = (type(self).__doc__ or "").strip().splitlines()
        self.message = message or (doc[0] if doc else self.code)
        self.advice = hint or self.hint
        super().__init__(self.message)


# --- requests ---------------------------------------------------------------------------------


class BadRequest(AnodeError):
    """The request is not understood."""

    code = "bad_request"
    hint = "Compare the request with openapi.json."


class NotAnswered(AnodeError):
    """A server did not do what a command asked it for."""

    code = "not_answered"
    hint = "See the server's log."


class NotAuthenticated(AnodeError):
    """You are not signed in."""

    code = "not_authenticated"
    hint = "Sign in, or send the server's token."


class NotAllowed(AnodeError):
    """You are not allowed to do this."""

    code = "not_allowed"
    hint = "Ask the owner of the server for access."


class NotebookNotFound(AnodeError):
    """There is no such notebook."""

    code = "notebook_not_found"
    hint = "Check the path; the file may have been moved or deleted."


class NotOfItsKind(AnodeError):
    """The file is not what it was to be opened as."""

    code = "not_of_its_kind"
    hint = "Open it in another way; the file was not touched."


class NotANotebook(NotOfItsKind):
    """The file is not a notebook of nbformat 4."""

    code = "not_a_notebook"
    hint = "Open it with the text editor, or convert it with `jupyter nbconvert --to notebook`."


class SideNotANotebook(NotANotebook):
    """The file has the conflict markers of a merge, and one of its versions is no notebook."""

    code = "side_not_a_notebook"
    hint = (
        "Mend it in a text editor, or take one version as a whole: `git checkout --ours` or "
        "`git checkout --theirs` with the file's name."
    )


class NotAText(NotOfItsKind):
    """The file is not a text that is edited together."""

    code = "not_a_text"
    hint = "Nothing is lost: JupyterLab itself opens and saves it, as it does without anode_jlab."


class TextTooLarge(NotAText):
    """The text file is too large to be edited together."""

    code = "text_too_large"
    hint = "JupyterLab itself opens and saves it; the limit is the setting `max_text_bytes`."


class SeqNotFound(AnodeError):
    """The notebook has no such moment."""

    code = "seq_not_found"
    hint = "Ask for a seq between the first event and the notebook's current seq."


class CopyNotFound(AnodeError):
    """The notebook has no such copy."""

    code = "copy_not_found"
    hint = "List its copies: older ones are let go of after a while."


class Gone(AnodeError):
    """That stretch of the history was purged."""

    code = "purged"
    hint = "Choose a moment outside the purged stretch."


# --- rooms ------------------------------------------------------------------------------------


class BadFrame(AnodeError):
    """The frame is not valid."""

    code = "bad_frame"
    hint = "Update the client; the connection was closed and nothing was changed."


class TooLarge(AnodeError):
    """The change is larger than the server takes in one frame."""

    code = "too_large"
    hint = "Make the change in smaller parts, or ask the administrator to raise the limit."


class TooFast(AnodeError):
    """Too many frames in a short time."""

    code = "too_fast"
    hint = "Wait a moment, then connect again."


class TooManyConnections(AnodeError):
    """There are too many connections to this notebook."""

    code = "too_many_connections"
    hint = "Close tabs or programs that have it open; the administrator may raise the limit."


class ReadOnly(AnodeError):
    """You may read this notebook but not change it."""

    code = "read_only"
    hint = "Your change was not applied; ask the notebook's owner for write access."


class OtherLineage(AnodeError):
    """The notebook's history was replaced since this client last saw it."""

    code = "other_lineage"
    hint = "Open the notebook anew; the text of the old copy can be applied to it as edits."


class RoomClosed(AnodeError):
    """The notebook was closed on the server."""

    code = "room_closed"
    hint = "Connect again."


# --- artifacts --------------------------------------------------------------------------------


class ArtifactNotFound(AnodeError):
    """The notebook has no such artifact."""

    code = "artifact_not_found"
    hint = "Run the cell again; its large outputs were removed."


class RangeNotThere(AnodeError):
    """Nothing of that range of bytes is there."""

    code = "range_not_there"
    hint = "Ask for a range within the size that Content-Range tells."


class ArtifactDamaged(AnodeError):
    """The bytes of a large output are not what was stored."""

    code = "artifact_damaged"
    hint = "Run the cell again, or restore the store from a backup."


# --- runs -------------------------------------------------------------------------------------


class ExecutionNotFound(AnodeError):
    """There is no such execution."""

    code = "execution_not_found"
    hint = "Read the notebook's state for those that are known."


class CellNotFound(AnodeError):
    """There is no such cell."""

    code = "cell_not_found"
    hint = "It may have been deleted; read the notebook's state for its cells."


class NotExecutable(AnodeError):
    """An AI cell is asked, it is not run by the kernel."""

    code = "not_executable"
    hint = "Ask it: POST notebooks/{id}/cells/{cell_id}/ask."


class SourceNotArrived(AnodeError):
    """The text that was to be run has not reached the server."""

    code = "source_not_arrived"
    hint = "Send the missing changes over the notebook's socket, then ask again."


class NotPossibleNow(AnodeError):
    """That cannot be done in the present state."""

    code = "not_possible_now"
    hint = "Read the execution's or the runtime's status, then decide anew."


class KernelBusy(NotPossibleNow):
    """The kernel is at work and cannot be asked."""

    code = "kernel_busy"
    hint = "Ask again when what runs has ended."


class TableGone(AnodeError):
    """The kernel does not have this table any more."""

    code = "table_gone"
    hint = "Run the cell again to have it."


class NoKernelSpec(AnodeError):
    """There is no kernel of that name."""

    code = "no_kernel_spec"
    hint = "Choose one that `jupyter kernelspec list` shows, or install it."


class KernelNotStarted(AnodeError):
    """The kernel could not be started."""

    code = "kernel_not_started"
    hint = "See the message; the server's log may say more."


class KernelSilent(KernelNotStarted):
    """The kernel did not answer."""

    code = "kernel_silent"
    hint = "Restart it, or see the server's log."


# --- files ------------------------------------------------------------------------------------


class FileChangedOutside(AnodeError):
    """The file was changed by another program since it was last read or written here."""

    code = "file_changed_outside"
    hint = "Reload the file into the notebook, or overwrite it."


class FileDeleted(FileChangedOutside):
    """The notebook's file was deleted or moved."""

    code = "file_deleted"
    hint = "Go on editing: everything is kept. Save it again to have it in a file."


class FileConflicted(AnodeError):
    """The notebook's file has the conflict markers of a merge; you see both sides together."""

    code = "file_conflicted"
    hint = "Where two versions of a cell are shown, choose one; then save the notebook."


class FileUnreadable(AnodeError):
    """The notebook's file could not be read."""

    code = "file_unreadable"
    hint = "Try again; when it stays so, check the server's log and the storage behind it."


class FileNotWritten(AnodeError):
    """The notebook is saved in its event log, but its file could not be written."""

    code = "file_not_written"
    hint = "Check the folder's permissions and free space; it is tried again by itself."


class FileNotValid(FileNotWritten):
    """The file is not of its kind any more; it is left as it is."""

    code = "file_not_valid"
    hint = "Repair the file, or move it away and save the notebook again."

    @classmethod
    def because(cls, found: NotOfItsKind) -> FileNotValid:
        """The file was read, and this was found."""
        own = None if found.advice == found.hint else found.advice
        kept = "It is left as it is; your work here is kept."
        return cls(f"{found.message} {kept}", hint=own)


# --- store ------------------------------------------------------------------------------------


class StoreUnavailable(AnodeError):
    """The event log cannot be written at the moment."""

    code = "store_unavailable"
    hint = "Check free space and permissions of the store; it is tried again by itself."


class StoreDamaged(AnodeError):
    """The event log is damaged."""

    code = "store_damaged"
    hint = 'See "When a log is damaged" in the how-to guides.'


class StoreTooNew(AnodeError):
    """The event log was written by a newer version."""

    code = "store_too_new"
    hint = "Upgrade anode_jlab; the file was not touched."


class LeaseLost(AnodeError):
    """Another server took this notebook over."""

    code = "lease_lost"
    hint = "Continue on the other server, or take over here."


class HeldElsewhere(AnodeError):
    """Another server has this notebook open."""

    code = "held_elsewhere"
    hint = "Close it there, then it becomes editable here by itself; or take it over here."


class HeldByAnother(HeldElsewhere):
    """Another person's server has this notebook open."""

    code = "held_by_another"
    hint = "Ask them to close it: then it becomes editable here by itself."


class HeadMoved(AnodeError):
    """The log grew behind our back: the append was refused and nothing was written."""

    code = "head_moved"
    hint = "Load the notebook again."
