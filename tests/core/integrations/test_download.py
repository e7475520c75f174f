"""D1: no connection to a forbidden address. D2: a link that brings no photo says why."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import trustme

from core.errors import Unavailable
from core.integrations import download
from core.integrations.download import BUILT_IN_HOSTS, fetch
from core.integrations.guard import Address, Guard, is_public, resolve
from tests.photo_host import PHOTO, Answer, Server, answer, serving

HOST = "cdn.shopify.com"
SHOP = "photos.example"
#: Stands for the inside of the house. The servers outside are on 127.0.0.1.
INSIDE = "127.0.0.2"


@dataclass
class Internet:
    """One server outside, one inside, and names that point where a test says."""

    outside: Server
    inside: Server
    tls: ssl.SSLContext
    names: dict[str, list[list[str]]] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)

    @property
    def guard(self) -> Guard:
        return Guard(self._resolve, lambda address: address == "127.0.0.1", self.tls)

    def _resolve(self, host: str, port: int) -> list[Address]:
        """Each question gets the name's next answer; the last one stays."""
        assert port == 443
        self.questions.append(host)
        answers = self.names.get(host, [["127.0.0.1"]])
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        ports = {INSIDE: self.inside.server_port}
        return [(address, ports.get(address, self.outside.server_port)) for address in found]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def internet(authority: trustme.CA) -> Iterator[Internet]:
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST, SHOP).configure_cert(theirs)
    ours = ssl.create_default_context()
    authority.configure_trust(ours)
    with serving(Server("127.0.0.1", theirs)) as outside, serving(Server(INSIDE)) as inside:
        yield Internet(outside, inside, ours)


def refused(url: str, into: Path, guard: Guard, **options: object) -> Unavailable:
    with pytest.raises(Unavailable) as outage:
        fetch(url, into, guard=guard, **{"hosts": (), **options})  # type: ignore[arg-type]
    assert not list(into.iterdir())
    return outage.value


def test_a_photo_is_fetched(internet: Internet, tmp_path: Path) -> None:
    internet.outside.answers["/a%20b.jpg?x=1"] = answer()

    found = fetch(f"https://{HOST}/a b.jpg?x=1", tmp_path, hosts=(), guard=internet.guard)

    assert found.path.read_bytes() == PHOTO
    assert (found.size, found.host) == (len(PHOTO), HOST)
    headers = internet.outside.requests[0].headers
    assert headers["Host"] == HOST
    assert headers["Accept-Encoding"] == "identity"
    # Image servers would send a conversion instead of the original.
    assert "webp" not in headers["Accept"]
    assert "avif" not in headers["Accept"]
    assert "Cookie" not in headers


def test_the_shops_own_hosts_are_trusted_too(internet: Internet, tmp_path: Path) -> None:
    internet.outside.answers["/photo"] = answer()

    assert fetch(f"https://{SHOP}/photo", tmp_path, hosts={SHOP}, guard=internet.guard).size


def test_redirects_are_followed_from_trusted_to_trusted(internet: Internet, tmp_path: Path) -> None:
    internet.outside.answers["/old"] = answer(302, b"", Location=f"https://{SHOP}/new")
    internet.outside.answers["/new"] = answer()

    found = fetch(f"https://{HOST}/old", tmp_path, hosts={SHOP}, guard=internet.guard)

    assert found.host == SHOP
    assert internet.questions == [HOST, SHOP]


def test_a_certificate_for_another_name_is_refused(internet: Internet, tmp_path: Path) -> None:
    outage = refused("https://ucarecdn.com/photo", tmp_path, internet.guard)

    assert (outage.code, outage.permanent) == ("connection", False)
    assert not internet.outside.requests


def test_proxies_of_the_environment_are_not_asked(
    internet: Internet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://{}:{}".format(*internet.inside.address))
    internet.outside.answers["/photo"] = answer()

    fetch(f"https://{HOST}/photo", tmp_path, hosts=(), guard=internet.guard)

    assert internet.inside.connections == 0


#: A year that no clock reaches.
FAR_AWAY = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"
#: Says that it stands for other letters, and does not.
NO_NAME = "xn--a.example.com"

HOSTILE_HOSTS = [
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001"),
    "0.0.0.0",  # noqa: S104
    *("0", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1"),
    *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[fe80::1]"),
    *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fd00:ec2::254]", "168.63.129.16", "localhost"),
    "127\u30020\u30020\u30021",  # full stops of another script
]


@pytest.mark.parametrize("host", HOSTILE_HOSTS)
def test_an_inner_address_is_refused_even_where_staff_trusted_it(
    internet: Internet, tmp_path: Path, host: str
) -> None:
    # The real resolver and the real check; whatever got through would reach a server that counts.
    def inward(name: str, port: int) -> list[Address]:
        return [(address, internet.inside.server_port) for address, _ in resolve(name, port)]

    guard = Guard(inward, is_public, internet.tls)
    named = host.strip("[]").replace("\u3002", ".")

    unlisted = refused(f"https://{host}/photo", tmp_path, guard)
    trusted = refused(f"https://{host}/photo", tmp_path, guard, hosts={named})

    # Some notations are no address to the parser, or none to this system's resolver.
    assert unlisted.code in {"host_not_trusted", "bad_url"}
    assert trusted.code in {"forbidden_address", "connection", "bad_url"}
    assert internet.inside.connections == 0


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://cdn.shopify.com/a", "bad_url"),
        ("ftp://cdn.shopify.com/a", "bad_url"),
        ("file:///etc/passwd", "bad_url"),
        ("data:image/png;base64,AAAA", "bad_url"),
        ("//cdn.shopify.com/a", "bad_url"),
        ("https:cdn.shopify.com/a", "bad_url"),
        ("https:///a", "bad_url"),
        ("", "bad_url"),
        ("https://cdn.shopify.com:444/a", "bad_url"),
        ("https://cdn.shopify.com:99999/a", "bad_url"),
        ("https://user:word@cdn.shopify.com/a", "bad_url"),
        ("https://cdn.shopify.com@127.0.0.1/a", "bad_url"),
        ("https://cdn.shopify.com\\@127.0.0.1/a", "bad_url"),
        ("https://cdn.shopify.com/a\r\nHost: inside", "bad_url"),
        ("https://cdn.shopify.com\0.inside/a", "bad_url"),
        ("https://cdn.shopify.com%00.inside/a", "host_not_trusted"),
        ("https://cdn.shopify.com.inside.example/a", "host_not_trusted"),
        ("https://evil-cdn.shopify.com/a", "host_not_trusted"),
        ("https://cdn.shopify.com./a", "host_not_trusted"),
        ("https://cdn.shopify.com-uploadkit.app.evil.example/a", "host_not_trusted"),
        ("https://127.0.0.1#@cdn.shopify.com/a", "host_not_trusted"),
        ("https://127.0.0.1/?@cdn.shopify.com", "host_not_trusted"),
        ("https://cdn.sh\u043epify.com/a", "host_not_trusted"),  # a Cyrillic letter
        (f"https://{NO_NAME}/photo.jpg", "host_not_trusted"),
    ],
)
def test_a_hostile_address_is_refused_before_any_question_is_asked(
    internet: Internet, tmp_path: Path, url: str, code: str
) -> None:
    outage = refused(url, tmp_path, internet.guard)

    assert (outage.code, outage.permanent) == (code, True)
    assert internet.questions == []


def test_the_counting_server_inside_can_be_reached(internet: Internet, tmp_path: Path) -> None:
    """Otherwise the tests around it would prove nothing."""
    internet.names[HOST] = [[INSIDE]]
    careless = Guard(internet.guard.resolve, lambda address: True, internet.tls)

    refused(f"https://{HOST}/photo", tmp_path, careless)

    assert internet.inside.connections == 1


@pytest.mark.parametrize("answers", [[INSIDE], ["127.0.0.1", INSIDE], [INSIDE, "127.0.0.1"]])
def test_a_trusted_name_with_an_inner_address_is_refused(
    internet: Internet, tmp_path: Path, answers: list[str]
) -> None:
    internet.names[HOST] = [answers]

    outage = refused(f"https://{HOST}/photo", tmp_path, internet.guard)

    assert (outage.code, outage.permanent) == ("forbidden_address", True)
    assert internet.inside.connections == 0
    assert internet.outside.connections == 0


def test_the_address_that_was_checked_is_the_one_connected_to(
    internet: Internet, tmp_path: Path
) -> None:
    # A name that answers differently the second time is asked only once.
    internet.names[HOST] = [["127.0.0.1"], [INSIDE]]
    internet.outside.answers["/photo"] = answer()

    fetch(f"https://{HOST}/photo", tmp_path, hosts=(), guard=internet.guard)

    assert internet.questions == [HOST]
    assert internet.inside.connections == 0


def test_a_name_that_turns_inward_between_two_redirects_is_refused(
    internet: Internet, tmp_path: Path
) -> None:
    internet.names[HOST] = [["127.0.0.1"], [INSIDE]]
    internet.outside.answers["/photo"] = answer(302, b"", Location="/again")

    assert refused(f"https://{HOST}/photo", tmp_path, internet.guard).code == "forbidden_address"
    assert internet.inside.connections == 0


@pytest.mark.parametrize(
    ("location", "code"),
    [
        (f"https://{INSIDE}/", "host_not_trusted"),
        (f"http://{INSIDE}/", "bad_url"),
        ("https://169.254.169.254/latest/meta-data/", "host_not_trusted"),
        ("http://cdn.shopify.com/", "bad_url"),
        ("//127.0.0.2/", "host_not_trusted"),
        ("file:///etc/passwd", "bad_url"),
        ("https://cdn.shopify.com:8080/", "bad_url"),
        ("https://[::1", "bad_url"),
        (f"https://{NO_NAME}/photo.jpg", "host_not_trusted"),
    ],
)
def test_a_redirect_inward_is_refused(
    internet: Internet, tmp_path: Path, location: str, code: str
) -> None:
    internet.outside.answers["/photo"] = answer(302, b"", Location=location)

    assert refused(f"https://{HOST}/photo", tmp_path, internet.guard).code == code
    assert internet.inside.connections == 0


def test_a_name_that_stands_for_no_letters_is_refused_even_where_staff_trusted_it(
    internet: Internet, tmp_path: Path
) -> None:
    outage = refused(f"https://{NO_NAME}/photo", tmp_path, internet.guard, hosts={NO_NAME})

    assert outage.code == "connection"
    assert not internet.outside.requests


def test_redirects_come_to_an_end(internet: Internet, tmp_path: Path) -> None:
    internet.outside.answers["/photo"] = answer(302, b"", Location="/photo")

    outage = refused(f"https://{HOST}/photo", tmp_path, internet.guard)

    assert (outage.code, outage.permanent) == ("too_many_redirects", True)
    assert len(internet.outside.requests) == 1 + download.REDIRECTS


@pytest.mark.parametrize(
    ("reply", "code", "permanent", "retry_after"),
    [
        (answer(404), "not_found", False, None),  # may not be ready yet
        (answer(410), "not_found", True, None),
        (answer(403), "forbidden", False, None),
        (answer(401), "forbidden", False, None),
        (answer(400), "forbidden", True, None),
        (answer(429, Retry_After="120"), "throttled", False, 120),
        (answer(429, Retry_After="soon"), "throttled", False, None),
        (answer(429, Retry_After=FAR_AWAY), "throttled", False, None),
        (answer(429, Retry_After="Thu, 01 Jan 1970 00:00:00 GMT"), "throttled", False, 0),
        (answer(500), "server_error", False, None),
        (answer(503, Retry_After="7"), "server_error", False, 7),
        (answer(302, b""), "server_error", False, None),  # to nowhere
        (answer(206), "server_error", False, None),
        (answer(Content_Encoding="gzip"), "server_error", False, None),
        (answer(Content_Type="text/html; charset=utf-8"), "not_a_picture_page", True, None),
        (answer(body=b"\n <!DOCTYPE html><p>Sign in"), "not_a_picture_page", True, None),
        (answer(body=b"\xef\xbb\xbf<html>"), "not_a_picture_page", True, None),
        (answer(Content_Length=str(download.FILE_BYTES + 1)), "too_large", True, None),
        (answer(Content_Length=str(len(PHOTO) + 1)), "cut_short", False, None),
        (answer(body=b""), "cut_short", False, None),
        (answer(Content_Length="many"), "connection", False, None),
    ],
)
def test_a_link_that_brings_no_photo_says_why(
    internet: Internet,
    tmp_path: Path,
    reply: Answer,
    code: str,
    permanent: bool,
    retry_after: float | None,
) -> None:
    internet.outside.answers["/photo"] = reply

    outage = refused(f"https://{HOST}/photo", tmp_path, internet.guard)

    assert (outage.code, outage.permanent, outage.retry_after) == (code, permanent, retry_after)


def test_a_date_to_try_again_becomes_seconds(internet: Internet, tmp_path: Path) -> None:
    date = formatdate(time.time() + 3600, usegmt=True)
    internet.outside.answers["/photo"] = answer(429, Retry_After=date)

    outage = refused(f"https://{HOST}/photo", tmp_path, internet.guard)

    assert outage.retry_after is not None
    assert 0 < outage.retry_after <= 3600


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


def test_a_body_without_a_length_is_cut_off_at_the_limit(
    internet: Internet, tmp_path: Path
) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        while True:
            request.wfile.write(chunk(PHOTO))

    internet.outside.answers["/photo"] = endless

    outage = refused(f"https://{HOST}/photo", tmp_path, internet.guard)

    assert (outage.code, outage.permanent) == ("too_large", True)


def test_a_body_in_chunks_that_breaks_off_is_refused(internet: Internet, tmp_path: Path) -> None:
    def broken(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        request.wfile.write(chunk(PHOTO))
        request.close_connection = True

    internet.outside.answers["/photo"] = broken

    assert refused(f"https://{HOST}/photo", tmp_path, internet.guard).code == "cut_short"


@pytest.mark.parametrize("dripping", ["headers", "body"])
def test_bytes_that_drip_in_steadily_do_not_hold_us_forever(
    internet: Internet, tmp_path: Path, dripping: str
) -> None:
    gone = threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        start = b"HTTP/1.1 200 OK\r\n"
        request.wfile.write(start if dripping == "headers" else start + b"\r\n")
        try:
            while not gone.wait(0.01):
                request.wfile.write(b"x")
        except OSError:
            gone.set()

    internet.outside.answers["/photo"] = drip

    outage = refused(f"https://{HOST}/photo", tmp_path, internet.guard, seconds=0.5)

    assert (outage.code, outage.permanent) == ("timeout", False)
    gone.wait()


def test_a_host_that_nobody_answers_at_is_an_outage(internet: Internet, tmp_path: Path) -> None:
    def unknown(host: str, port: int) -> list[Address]:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()
    for resolver in (unknown, lambda host, port: [], lambda host, port: [nobody]):
        guard = Guard(resolver, lambda address: True, internet.tls)

        outage = refused(f"https://{HOST}/photo", tmp_path, guard)

        assert (outage.code, outage.permanent) == ("connection", False)


def test_the_next_address_of_a_name_is_tried(internet: Internet, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()
    internet.outside.answers["/photo"] = answer()
    addresses = [nobody, internet.outside.address]
    guard = Guard(lambda host, port: addresses, lambda address: True, internet.tls)

    assert fetch(f"https://{HOST}/photo", tmp_path, hosts=(), guard=guard).size == len(PHOTO)


def test_only_the_demo_shops_own_address_is_fetched_over_http(
    internet: Internet, tmp_path: Path
) -> None:
    host, port = demo = internet.inside.address
    internet.inside.answers["/photo"] = answer()
    internet.inside.answers["/away"] = answer(302, b"", Location=f"http://{host}:{port + 1}/photo")

    assert (
        fetch(
            f"http://{host}:{port}/photo", tmp_path, hosts=(), demo=demo, guard=internet.guard
        ).path.read_bytes()
        == PHOTO
    )
    (tmp_path / "original").unlink()

    for url in (
        f"http://{host}:{port}/away",
        f"http://{host}:{port + 1}/photo",
        f"http://127.0.0.1:{port}/photo",
        f"http://localhost:{port}/photo",
        f"https://{host}:{port}/photo",
    ):
        assert refused(url, tmp_path, internet.guard, demo=demo).code == "bad_url"
    assert refused(f"http://{host}:{port}/photo", tmp_path, internet.guard).code == "bad_url"
    assert internet.inside.connections == 2


def test_a_disk_that_cannot_be_written_is_our_own_outage(
    internet: Internet, tmp_path: Path
) -> None:
    internet.outside.answers["/photo"] = answer()

    with pytest.raises(Unavailable, match="storage") as outage:
        fetch(f"https://{HOST}/photo", tmp_path / "gone", hosts=(), guard=internet.guard)

    assert not outage.value.permanent


def test_no_built_in_host_is_a_pattern() -> None:
    assert all(host == host.lower().strip(".*") for host in BUILT_IN_HOSTS)
