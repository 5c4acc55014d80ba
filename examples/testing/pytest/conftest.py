"""A daemon for tests, as a fixture. KEYFOB names the program; `keyfob` on the path when it is not set."""

import json
import os
import re
import shlex
import subprocess
import urllib.request

import pytest

SETTINGS = {
    "listen": ["127.0.0.1:0"],
    "drain": "0ms",
    "providers": [{"name": "mock", "type": "local", "path": "mock"}],
    "simulation": {"mode": "mock"},
    "audit": {"enabled": False},
    "retry": {"maxAttempts": 1},
}


class Keyfob:
    def __init__(self, url):
        self.url = url

    def _send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/v1/simulation/{path}", data, method=method)
        request.add_header("content-type", "application/json")
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def put(self, path, value):
        self._send("PUT", f"secrets/{path}", {"value": value})

    def faults(self, *faults):
        self._send("PUT", "faults", {"faults": list(faults)})


@pytest.fixture
def keyfob(tmp_path):
    config = tmp_path / "keyfob.json"
    config.write_text(json.dumps(SETTINGS))
    command = shlex.split(os.environ.get("KEYFOB", "keyfob"))
    daemon = subprocess.Popen([*command, "serve", "--config", str(config)], stderr=subprocess.PIPE, text=True)
    try:
        for line in daemon.stderr:
            found = re.search(r"listening on ([^,;]+)", line)
            if found:
                yield Keyfob(f"http://{found.group(1)}")
                break
        else:
            raise RuntimeError("the daemon did not start")
    finally:
        daemon.terminate()
        daemon.wait()
        daemon.stderr.close()
