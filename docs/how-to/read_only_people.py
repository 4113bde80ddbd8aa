"""An authorizer that lets some people read only, for `jupyter_server_config.py`."""

from jupyter_server.auth import Authorizer
from traitlets import Set, Unicode


class ReadOnlyPeople(Authorizer):
    """Everybody may do everything, but the people named here may only read."""

    readers = Set(Unicode(), help="Usernames of those who may only read.").tag(config=True)

    def is_authorized(self, handler, user, action, resource):
        return action == "read" or user.username not in self.readers
