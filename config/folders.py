"""The broker without a server: messages as files in folders, which are made again where somebody removed them."""

from __future__ import annotations

from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.transport.filesystem import exchange_queue_t


class Channel(filesystem.Channel):
    """kombu's, which takes its folders for granted and ends a worker that does not find them."""

    def get_table(self, exchange: str) -> list[Any]:
        """Return where an exchange leads; without its file, to the queue of the same name, as all of ours do."""
        return super().get_table(exchange) or [exchange_queue_t(exchange, "", exchange)]

    def _queue_bind(self, *args: Any) -> None:
        self._make_folders()
        super()._queue_bind(*args)

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        self._make_folders()
        super()._put(queue, payload, **kwargs)

    def _get(self, queue: str) -> Any:  # type: ignore[override]
        try:
            return super()._get(queue)
        except FileNotFoundError:
            self._make_folders()
            raise Empty from None

    def _size(self, queue: str) -> int:
        self._make_folders()
        return int(super()._size(queue))

    def _make_folders(self) -> None:
        for folder in (self.data_folder_in, self.data_folder_out, self.control_folder):
            Path(folder).mkdir(parents=True, exist_ok=True)


class Transport(filesystem.Transport):
    """Files in folders."""

    Channel = Channel
