"""A web process that is told to stop: what it has begun is answered, and whoever comes now is refused at once."""

from gunicorn.workers.gthread import ThreadWorker


class Draining(ThreadWorker):
    """gunicorn's threads, but without a door that stays open while nobody looks after it.

    The stock worker keeps its listening socket until its last request is answered: a connection made meanwhile is
    taken by the kernel, waits, and is cut in the end. Refused at once, the proxy turns to another process.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        """Stop listening altogether when it is for good."""
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()
