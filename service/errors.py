"""Everything the service raises on purpose."""

from collections.abc import Sequence


class ServiceError(Exception):
    """The base of all of them."""


class ConfigurationError(ServiceError):
    """The service cannot start; `problems` says everything that is wrong, a sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class MediaError(ServiceError):
    """A media file cannot be opened; the message names the file and the reason."""


class MediaNotFoundError(MediaError):
    """There is no such file, or it is not one that is served."""


class MediaChangedError(ServiceError):
    """The file shrank or was rewritten while it was sent: what remains cannot be sent truthfully."""
