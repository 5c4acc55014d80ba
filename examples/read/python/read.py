"""Reads a secret of a Keyfob daemon, and again whenever it has rotated. Python's standard library is enough.

KEYFOB_ADDR is http://127.0.0.1:8200 or unix:/run/keyfob/keyfob.sock; KEYFOB_TOKEN_FILE is needed where tokens are.
"""

import http.client
import json
import os
import pathlib
import socket
import sys
import time
import urllib.parse

# Longer than the daemon may hold an answer back.
TIMEOUT_SECONDS = 40


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str):
        super().__init__("localhost", timeout=TIMEOUT_SECONDS)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def connect(address: str) -> http.client.HTTPConnection:
    if address.startswith("unix:"):
        return UnixConnection(address.removeprefix("unix:"))
    return http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=TIMEOUT_SECONDS)


def ask(path: str, etag: str) -> tuple[int, str, dict]:
    """Waits up to 30 seconds for something else than what the ETag stands for; gives status, ETag and body."""
    headers = {"If-None-Match": etag} if etag else {}
    if file := os.environ.get("KEYFOB_TOKEN_FILE"):
        # For each request, since it is replaced while we run.
        headers["Authorization"] = f"Bearer {pathlib.Path(file).read_text().strip()}"
    connection = connect(os.environ.get("KEYFOB_ADDR", "http://127.0.0.1:8200"))
    try:
        connection.request("GET", f"/v1/secrets/{urllib.parse.quote(path)}?wait=30s", headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        return answer.status, answer.headers.get("ETag", ""), json.loads(body) if body else {}
    finally:
        connection.close()


def follow(path: str):
    """Gives the secret, and each new version of it. What fails for a while does not take the last one away."""
    etag = ""
    while True:
        try:
            status, new_etag, body = ask(path, etag)
        except (OSError, http.client.HTTPException) as error:
            print(f"{path}: {error}", file=sys.stderr)
            time.sleep(1)
            continue
        if status == 200:
            etag = new_etag
            yield body
        elif status != 304:
            print(f"{path}: {status} {body['code']}", file=sys.stderr)
            # A refused token may have been replaced meanwhile.
            if status != 401 and not body["retryable"]:
                sys.exit(1)
            time.sleep(1)


for secret in follow(sys.argv[1] if len(sys.argv) > 1 else "db/creds"):
    credentials = secret["data"]
    # Here a program connects to its database.
    length = len(credentials["password"])
    print(f"{secret['path']}: user {credentials['username']}, password of {length} characters", flush=True)
