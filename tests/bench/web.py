"""Pages through the real server on loopback: gunicorn as in production, signed in, warmed."""

from __future__ import annotations

import gzip
import http.client
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil

from config.supervisor import port_answers
from tests.bench.timing import Times

HOST = "127.0.0.1"
START_SECONDS = 60


@dataclass
class Server:
    """A running web server: where it listens, and the process that started its workers."""

    port: int
    process: subprocess.Popen[bytes]
    sessions: Mapping[str, str] = field(default_factory=dict)

    def memory(self) -> list[float]:
        """Return the resident memory of each process that answers requests, in megabytes."""
        workers = psutil.Process(self.process.pid).children()
        return sorted(round(worker.memory_info().rss / 2**20, 1) for worker in workers)


@contextmanager
def serving(environment: Mapping[str, str], port: int, processes: int) -> Iterator[Server]:
    """Start gunicorn as in production, and stop it at the end."""
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--config", "python:config.gunicorn"]
    where = {"HOST": HOST, "PORT": str(port), "WEB_CONCURRENCY": str(processes)}
    process = subprocess.Popen([*command, "--log-level", "warning"], env=dict(environment) | where)
    try:
        until = time.monotonic() + START_SECONDS
        while not port_answers(HOST, port):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("The web server did not start.")
            time.sleep(0.1)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(timeout=30)


@dataclass(frozen=True)
class Page:
    """An address, and the session that asks for it; `target` names the part of the page that htmx asks for."""

    name: str
    path: str
    session: str
    target: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What a browser sends, through a proxy that has ended TLS."""
        sent = {
            "Cookie": f"__Host-session={self.session}",
            "X-Forwarded-Proto": "https",
            "Accept-Encoding": "gzip",
            "Accept-Language": "fr",
            "User-Agent": "bench",
        }
        return sent | ({"HX-Request": "true", "HX-Target": self.target} if self.target else {})


class Client:
    """One person, with a connection for each request: in production the server keeps none."""

    def __init__(self, server: Server) -> None:
        self._connection = http.client.HTTPConnection(HOST, server.port, timeout=60)

    def get(self, page: Page) -> bytes:
        """Return the body as it came; anything but a page is an error."""
        self._connection.request("GET", page.path, headers=page.headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{page.path} answered {answer.status} {answer.getheader('Location') or ''}")
        return body

    def timed(self, page: Page) -> float:
        """Return how many seconds one request takes, its answer read to the end."""
        begun = time.perf_counter()
        self.get(page)
        return time.perf_counter() - begun


def alone(server: Server, page: Page, requests: int) -> tuple[Times, dict[str, float]]:
    """Ask one after the other; return the times, and the page's weight in kilobytes, plain and as it travels."""
    client = Client(server)
    # Each process answers some before it counts.
    for _ in range(20):
        body = client.get(page)
    weights = {"kB": round(len(gzip.decompress(body)) / 1000, 1), "kB_gzip": round(len(body) / 1000, 1)}
    return Times.of([client.timed(page) for _ in range(requests)]), weights


def at_once(server: Server, page: Page, requests: int, people: int) -> tuple[Times, float]:
    """Let some people ask at the same time; return the times, and how many pages a second all got together."""
    clients = [Client(server) for _ in range(people)]

    def some(client: Client) -> list[float]:
        return [client.timed(page) for _ in range(requests // people)]

    with ThreadPoolExecutor(people) as pool:
        list(pool.map(lambda client: client.get(page), clients))
        begun = time.perf_counter()
        spent = [second for seconds in pool.map(some, clients) for second in seconds]
        took = time.perf_counter() - begun
    return Times.of(spent), round(len(spent) / took, 1)


def measured(server: Server, page: Page, requests: int, people: int) -> dict[str, Any]:
    """Return a page's figures: alone, and several people at once."""
    times, weights = alone(server, page, requests)
    together, rate = at_once(server, page, requests, people)
    return {"alone": times, "together": together, "pages_per_second": rate, **weights}
