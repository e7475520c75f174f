"""Who may speak to us at all."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import AsyncExitStack
from http.client import HTTPConnection

import httpx
import pytest
from starlette.routing import Route
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect as connect_now
from websockets.typing import Origin

from core import db
from core.services import staff
from core.web.gate import HEALTH
from core.web.routes import routes
from tests.serving import Served, serve
from tests.sockets import STREAM, is_anonymous, open_socket, signed_in

PUBLIC = "photos.example.org"


@pytest.fixture(scope="module")
def public(team: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """As behind a proxy on this machine, under a public address."""
    with serve(
        tmp_path_factory.mktemp("public"),
        LOUPE_PUBLIC_URL=f"https://{PUBLIC}",
        LOUPE_TRUSTED_PROXIES='["127.0.0.1"]',
    ) as served:
        yield served


def opens(served: Served, host: str, origin: str | None) -> bool:
    try:
        with connect_now(
            f"ws://{host}{STREAM}",
            address=("127.0.0.1", served.port),
            origin=Origin(origin) if origin else None,
            proxy=None,
        ):
            return True
    except InvalidStatus:
        return False


@pytest.mark.parametrize(
    ("host", "origin", "is_open"),
    [
        ("localhost:{port}", "http://localhost:{port}", True),
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}", True),
        ("localhost:{port}", None, False),
        ("localhost:{port}", "null", False),
        ("localhost:{port}", "http://eve.example", False),
        ("localhost:{port}", "http://localhost", False),
        ("localhost:{port}", "http://localhost:3000", False),
        ("localhost:{port}", "https://localhost:{port}", False),
        ("localhost:{port}", "http://localhost:{port}.eve.example", False),
        ("127.0.0.1:{port}", "http://localhost:{port}", False),  # each is its own
        ("eve.example", "http://eve.example", False),  # a name that points here
        ("localhost.eve.example:{port}", "http://localhost.eve.example:{port}", False),
        ("[::1]:{port}", "http://[::1]:{port}", False),
    ],
)
def test_a4_a_socket_opens_only_from_our_own_pages(
    served: Served, host: str, origin: str | None, is_open: bool
) -> None:
    host = host.format(port=served.port)
    origin = origin.format(port=served.port) if origin else None

    assert opens(served, host, origin) is is_open


@pytest.mark.parametrize(
    ("origin", "is_open"),
    [
        (f"https://{PUBLIC}", True),
        (f"http://{PUBLIC}", False),
        ("http://localhost", False),
        ("http://localhost:{port}", False),
        (None, False),
    ],
)
def test_a4_the_public_address_is_an_origin_of_its_own(
    public: Served, origin: str | None, is_open: bool
) -> None:
    origin = origin.format(port=public.port) if origin else None

    assert opens(public, PUBLIC, origin) is is_open


def test_a4_a_second_host_is_as_bad_as_a_foreign_one(served: Served) -> None:
    connection = HTTPConnection("127.0.0.1", served.port)
    connection.putrequest("GET", "/", skip_host=True)
    connection.putheader("Host", served.host)
    connection.putheader("Host", "eve.example")
    connection.endheaders()

    assert connection.getresponse().status in (400, 404)
    connection.close()


@pytest.mark.parametrize("path", ["/", "/my_photos", "/static/js/index.js", "/_stcore/health"])
def test_a4_a_foreign_host_gets_nothing(served: Served, path: str) -> None:
    with served.client() as client:
        answer = client.get(path, headers={"Host": "eve.example"})

    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_answers_under_any_name(served: Served, path: str) -> None:
    with served.client() as client:
        assert client.get(path, headers={"Host": "10.0.0.7"}).status_code == 200


OUR_ROUTES = [
    (method, re.sub(r"{.*?}", "1", route.path))
    for route in routes()
    if isinstance(route, Route) and route.path not in HEALTH
    for method in ("POST", "PUT", "DELETE", "PATCH")
]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Loupe": "1"},
        {"Origin": "http://eve.example"},
        {"Origin": "http://eve.example", "X-Loupe": "1"},
        {"Origin": "http://localhost", "X-Loupe": "1"},
        {"Origin": "null", "X-Loupe": "1"},
        {"Origin": "{ours}"},  # a form on a page of ours: nothing of ours works so
    ],
    ids=str,
)
def test_a9_another_sites_request_changes_nothing(served: Served, headers: dict[str, str]) -> None:
    token = signed_in("ada")
    headers = {name: value.format(ours=served.url) for name, value in headers.items()}

    with httpx.Client(
        base_url=served.url, cookies={"loupe_staff": token}, headers=headers, trust_env=False
    ) as eve:
        answers = {
            (method, path): eve.request(method, path).status_code
            for method, path in [*OUR_ROUTES, ("POST", "/"), ("POST", STREAM)]
        }

    # Shopify is no browser, and who signs needs no cookie: nobody else gets further.
    assert answers.pop(("POST", "/hooks/shopify/1")) == 401
    assert answers == dict.fromkeys(answers, 403)
    with open_socket(served, token=token) as ada:
        assert "Ada Adler" in ada.run()


def test_a9_another_site_may_not_even_ask(served: Served) -> None:
    with served.client() as client:
        answer = client.options(
            "/session",
            headers={"Origin": "http://eve.example", "Access-Control-Request-Method": "POST"},
        )

    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/upload_file",
        "/_stcore/upload_file/session/file",
        "/_stcore/%75pload_file/session/file",
        "/issues/_stcore/upload_file/session/file",
        "/_stcore/metrics",
        "/_stcore/agent",
        "/_stcore/agent/mcp",
        "/_stcore/script-health-check",
        "/_stcore/allowed-message-origins",
        "/auth/login",
        "/auth/logout",
        "/oauth2callback",
    ],
)
def test_s1_streamlits_other_routes_are_closed(served: Served, path: str) -> None:
    with served.client(loupe_staff=signed_in("ada")) as client:
        answers = {
            method: client.request(method, path).status_code
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
        }

    assert answers == dict.fromkeys(answers, 404)


def test_s2_a_crowd_of_strangers_leaves_room_for_staff(public: Served) -> None:
    async def crowd() -> tuple[int, int]:
        async with AsyncExitStack() as sockets:
            neighbours = ["192.0.2.1"] * 100
            others = [f"198.51.{n // 250}.{n % 250}" for n in range(400)]
            let_in = [
                sum(await asyncio.gather(*(visit(public, address, sockets) for address in crowd)))
                for crowd in (neighbours, others)
            ]
            drawn = await asyncio.to_thread(draw, public, signed_in("ada"))
            assert "Ada Adler" in drawn
            return let_in[0], let_in[1]

    assert asyncio.run(crowd()) == (40, 360)

    # Whoever leaves makes room.
    with open_socket(public, host=PUBLIC) as stranger:
        assert is_anonymous(stranger.run())


async def visit(served: Served, address: str, sockets: AsyncExitStack) -> bool:
    """Whether a stranger from this address is let in; if so, until `sockets` is closed."""
    socket = connect(
        f"ws://{PUBLIC}{STREAM}",
        host="127.0.0.1",
        port=served.port,
        additional_headers={"X-Forwarded-For": address},
        origin=Origin(f"https://{PUBLIC}"),
        proxy=None,
        open_timeout=60,
    )
    try:
        await sockets.enter_async_context(socket)
    except InvalidStatus:
        return False
    return True


def draw(served: Served, token: str) -> str:
    with open_socket(served, host=PUBLIC, token=token) as socket:
        return socket.run()


def test_under_https_the_cookie_is_secure_and_ours_alone(public: Served) -> None:
    with db.transaction() as session:
        ticket = staff.mint_ticket(session, "ada")
    with public.client() as client:
        answer = client.post(
            "/session",
            headers={
                "Host": PUBLIC,
                "Origin": f"https://{PUBLIC}",
                "Authorization": f"Bearer {ticket}",
            },
        )

    assert answer.status_code == 204
    assert answer.headers["set-cookie"].startswith("__Host-loupe_staff=")
    assert "; Secure" in answer.headers["set-cookie"]
    assert "strict-transport-security" in answer.headers


def test_every_answer_says_what_a_page_may_load(served: Served) -> None:
    with served.client() as client:
        for path in ("/", "/healthz", "/_stcore/health", "/nowhere/_stcore/metrics"):
            policy = client.get(path).headers["content-security-policy"]

            assert "img-src 'self' data: blob:" in policy
            assert "frame-ancestors 'none'" in policy


def test_streamlits_scripts_travel_compressed_and_are_kept(served: Served) -> None:
    with served.client() as client:
        page = client.get("/").text
        script = "/" + re.findall(r'src="\./(static/js/[^"]+\.js)"', page)[0]
        compressed = client.get(script)
        plain = client.get(script, headers={"Accept-Encoding": "identity"})

    assert compressed.headers["content-encoding"] == "gzip"
    assert int(compressed.headers["content-length"]) < len(plain.content) / 2
    assert compressed.content == plain.content
    assert "immutable" in compressed.headers["cache-control"]
    assert compressed.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "path", ["/static/../Home.py", "/static/%2e%2e/index.html", "/static/x.js"]
)
def test_nothing_but_streamlits_files_is_served_from_there(served: Served, path: str) -> None:
    with served.client() as client:
        answer = client.get(path)

    assert "st.App" not in answer.text
