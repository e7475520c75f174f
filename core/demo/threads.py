"""The demo shop's longer work, a thread each, that ends with the shop."""

import threading
from collections.abc import Callable


class Threads:
    def __init__(self) -> None:
        self._ending = threading.Event()
        self._started: list[threading.Thread] = []

    def start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="demo shop", daemon=True)
        self._started = [each for each in self._started if each.is_alive()] + [thread]
        thread.start()

    def pause(self, seconds: float) -> bool:
        """Wait so long; whether work is to end, which it may ask without waiting."""
        return self._ending.wait(seconds)

    def close(self) -> None:
        self._ending.set()
        for each in self._started:
            each.join()
