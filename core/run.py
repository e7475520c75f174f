"""`python -m core run`: database, demo shop, web and worker as one thing, until it is stopped."""

import errno
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psycopg

from core import db, running, schema
from core.config import keep_secret, settings, use_database
from core.demo.shop import credentials
from core.embedded import Postgres
from core.errors import CannotStart
from core.services import connections, demo
from core.supervisor import Database, Program, Supervisor, keep_last

#: Seconds to end in: the worker finishes its jobs (it gives itself 20), the web its answers (5).
PATIENCE = {"demo-shop": 5, "worker": 25, "web": 10}

GoesOn = Callable[[], bool]


def run(core: Sequence[str] = (sys.executable, "-m", "core")) -> None:
    """Return when SIGINT, SIGTERM or SIGHUP has stopped everything. Raises `CannotStart`.

    `core` begins the command line of each child; a test gives another.
    """
    begun = time.monotonic()
    data_dir = settings().data_dir
    check_port(settings().host, settings().port)
    with _signals() as goes_on, running.only_one(data_dir):
        say(f"Loupe keeps its data in {data_dir}")
        supervisor = Supervisor(say)
        try:
            shop = _start(supervisor, data_dir, core, goes_on)
            if _wait_for(f"http://127.0.0.1:{settings().port}/readyz", supervisor, goes_on):
                say(f"Ready after {time.monotonic() - begun:.0f} seconds.\n")
                say(_welcome(data_dir, shop))
            while goes_on():
                supervisor.tend()
                time.sleep(0.1)
            say("\nStopping; jobs under way may take a few seconds to finish")
        finally:
            running.withdraw(data_dir)
            supervisor.stop()
    say("Stopped")


def _start(
    supervisor: Supervisor, data_dir: Path, core: Sequence[str], goes_on: GoesOn
) -> str | None:
    """Start everything, and return the demo shop's address, if there is one."""

    def start(name: str, *command: str) -> None:
        log = data_dir / "logs" / f"{name}.log"
        keep_last(log)
        supervisor.start(Program(name, [*core, *command], log=log, patience=PATIENCE[name]))

    _open_database(supervisor, data_dir, goes_on)
    if not goes_on():
        return None
    say("Bringing the database up to date")
    schema.upgrade()
    shop = None
    if _prepare_demo(data_dir):
        say("Opening the demo shop")
        port = _free_port(data_dir / "demo-shop" / "port")
        shop = f"http://127.0.0.1:{port}"
        start("demo-shop", "demo-shop", "--port", str(port))
        _wait_for(shop, supervisor, goes_on)
    say("Starting the worker and the web")
    demo_shop = ["--demo-shop", shop] if shop else []
    start("worker", "worker", *demo_shop)
    start("web", "serve", *demo_shop)
    running.announce(data_dir, running.Running(settings().address, db.conninfo(), shop))
    return shop


def _open_database(supervisor: Supervisor, data_dir: Path, goes_on: GoesOn) -> None:
    if settings().database_url is None:
        postgres = Postgres(data_dir)
        keep_last(postgres.log)
        say("Starting PostgreSQL")
        supervisor.start(Database(postgres, goes_on))
        use_database(postgres.url)
        return
    say("Using the database of LOUPE_DATABASE_URL")
    try:
        psycopg.connect(db.conninfo(), connect_timeout=10).close()
    except psycopg.OperationalError as error:
        reason = str(error).splitlines()[0]
        raise CannotStart(
            f"The database of LOUPE_DATABASE_URL is out of reach: {reason}"
        ) from error


def _prepare_demo(data_dir: Path) -> bool:
    """Whether this is a demo: there is no real shop."""
    shop = credentials(data_dir / "demo-shop")
    with db.transaction() as session:
        is_demo = demo.ensure(
            session,
            client_id=shop.client_id,
            client_secret=shop.client_secret,
            password=demo_password(data_dir),
        )
        # We may be reached elsewhere than last time.
        connections.request_checks(session)
    db.engine().dispose()
    return is_demo


def demo_password(data_dir: Path) -> str:
    """The one in the settings, else one made for this installation."""
    configured = settings().demo_password
    if configured is not None:
        return configured.get_secret_value()
    return keep_secret(data_dir / "demo-password", length=9)


def _wait_for(url: str, supervisor: Supervisor, goes_on: GoesOn) -> bool:
    """Whether it answered well before somebody wanted us to stop."""
    with httpx.Client(trust_env=False, timeout=5) as client:
        while goes_on():
            supervisor.tend()
            with suppress(httpx.HTTPError):
                client.get(url).raise_for_status()
                return True
            time.sleep(0.1)
    return False


def _welcome(data_dir: Path, shop: str | None) -> str:
    address = settings().address
    if shop is None:
        return f"Loupe     {address}\nStop it with Ctrl-C."
    return f"""\
Loupe     {address}
          sign in as ada or bob (processors) or mia (manager)
          password {demo_password(data_dir)}
Mail      {address}/mail
Demo shop {shop}
          more orders: .venv/bin/python -m core send-orders 5
Stop it with Ctrl-C."""


def say(line: str) -> None:
    with suppress(OSError):  # the terminal may be gone, and there is still all to stop
        print(line, flush=True)


def check_port(host: str, port: int) -> None:
    # To a browser "localhost" may be either address.
    for family, address in ((socket.AF_INET, host), (socket.AF_INET6, "::1")):
        try:
            socket.create_server((address, port), family=family).close()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotStart(
                    f"Port {port} is busy: stop the program that uses it, "
                    "or choose another port with LOUPE_PORT."
                ) from None
            if error.errno == errno.EACCES:
                raise CannotStart(
                    f"Port {port} may not be used by you: choose one above 1023 with LOUPE_PORT."
                ) from None
            # Else this machine lacks one kind of address, and the web will use the other.


def _free_port(last: Path) -> int:
    """The port of last time if it is free: addresses that others have stored go on working."""
    ports = [int(last.read_text())] if last.exists() else []
    for port in (*ports, 0):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)) as listener:
            return int(listener.getsockname()[1])
    raise CannotStart("This machine has no free port for the demo shop.")


@contextmanager
def _signals() -> Iterator[GoesOn]:
    """Yield a function that is true until somebody wants us to stop."""
    received: list[int] = []
    before = {
        each: signal.signal(each, lambda number, _: received.append(number))
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield lambda: not received
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
