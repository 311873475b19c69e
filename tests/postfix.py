"""A Postfix of the tests' own: on loopback, with configuration and queue in a throw-away folder.

It runs from where it is installed, or from where ``requirements/peers`` unpacked it: no account
is made, no service is set up. Its accounts are some that every Debian has. As its master gives
up rights that only root can give up, whoever runs these tests must be root.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

MISSING = (
    "these tests need Postfix: run `requirements/peers`, or `apt-get install postfix`, "
    "or set DIGEST_TESTS_WITHOUT_POSTFIX=1 to skip them"
)
NOT_ROOT = (
    "these tests run a Postfix, which must be started by root; "
    "set DIGEST_TESTS_WITHOUT_POSTFIX=1 to skip them"
)
_PLACES = (Path("/"), Path(__file__).parents[1] / ".venv/postfix")
_OWNER, _GROUP = "daemon", "mail"
_OWNED = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming",
          "private", "saved", "trace")  # fmt: skip
_MAIN = """\
compatibility_level = 3.6
enable_long_queue_ids = yes
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
command_directory = {programs}
daemon_directory = {libraries}/sbin
shlib_directory = {libraries}
meta_directory = {folder}/etc
import_environment = MAIL_CONFIG TZ LANG=C LD_LIBRARY_PATH={libraries}
mail_owner = {owner}
setgid_group = {group}
default_privs = nobody
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.example.org
mynetworks = 127.0.0.0/8
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
disable_dns_lookups = yes
smtputf8_enable = no
in_flow_delay = 0
default_transport = {transport}
local_transport = {transport}
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
discard unix - - n - - discard
smtp unix - - n - - smtp
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True)
class Postfix:
    """A running one."""

    folder: Path
    port: int

    @property
    def log(self) -> Path:
        return self.folder / "mail.log"

    def told(self) -> list[str]:
        """The lines of its log."""
        return self.log.read_text("utf-8", "replace").splitlines() if self.log.exists() else []

    def wait_for(self, words: str, times: int, seconds: float = 60) -> None:
        """Wait until it has said something so often."""
        until = time.monotonic() + seconds
        while sum(words in line for line in self.told()) < times:
            if time.monotonic() > until:
                said = "\n".join(self.told()[-5:])
                raise TimeoutError(f"Postfix did not say {words!r} {times} times: {said}")
            time.sleep(0.5)


def find_postfix() -> tuple[Path, Path]:
    """The folders of its commands and of its libraries.

    Raises:
        LookupError: there is none, or nobody who may start it.
    """
    if os.geteuid() != 0:
        raise LookupError(NOT_ROOT)
    for place in _PLACES:
        if (place / "usr/lib/postfix/sbin/master").exists():
            return place / "usr/sbin", place / "usr/lib/postfix"
    raise LookupError(MISSING)


@contextmanager
def running_postfix(transport: str = "discard:") -> Iterator[Postfix]:
    """Start one that hands everything to a transport, by default to none.

    Raises:
        LookupError: as :func:`find_postfix`.
    """
    programs, libraries = find_postfix()
    folder = Path(tempfile.mkdtemp(prefix="digest-postfix-"))
    postfix = Postfix(folder, _free_port())
    _lay_out(postfix, programs, libraries, transport)
    master = subprocess.Popen(
        [libraries / "sbin/master", "-c", folder / "etc", "-d"],
        env={"LD_LIBRARY_PATH": str(libraries), "MAIL_CONFIG": str(folder / "etc")},
        start_new_session=True,  # its master ends its whole group
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await_greeting(postfix, master)
        yield postfix
    finally:
        master.terminate()
        master.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _lay_out(postfix: Postfix, programs: Path, libraries: Path, transport: str) -> None:
    folder = postfix.folder
    folder.chmod(0o755)
    for name in ("etc", "data", "queue", "queue/pid", "queue/public", "queue/maildrop"):
        (folder / name).mkdir()
    for name in _OWNED:
        (folder / "queue" / name).mkdir(mode=0o700)
    for name in ("data", *(f"queue/{each}" for each in (*_OWNED, "public", "maildrop"))):
        shutil.chown(folder / name, _OWNER)
    for name, mode in (("public", 0o710), ("maildrop", 0o730)):
        shutil.chown(folder / "queue" / name, group=_GROUP)
        (folder / "queue" / name).chmod(mode)
    (folder / "etc/main.cf").write_text(
        _MAIN.format(
            folder=folder,
            programs=programs,
            libraries=libraries,
            owner=_OWNER,
            group=_GROUP,
            transport=transport,
        )
    )
    (folder / "etc/master.cf").write_text(_MASTER.format(port=postfix.port))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _await_greeting(postfix: Postfix, master: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and master.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", postfix.port), 5) as door:
            if door.recv(200).startswith(b"220"):
                return
        time.sleep(0.05)
    raise RuntimeError(f"Postfix does not answer: {postfix.told()[-5:]}")
