"""Reads secrets of a Keyfob daemon through a client that is made from its contract."""

import os

import httpx

from keyfob_client import Client
from keyfob_client.api.secrets import describe_secret, get_secret, list_secrets
from keyfob_client.models import Problem


def connect(address: str) -> Client:
    """`http://127.0.0.1:8200`, or `unix:/run/keyfob/keyfob.sock`."""
    token = os.environ.get("KEYFOB_TOKEN")
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    if not address.startswith("unix:"):
        return Client(base_url=address, headers=headers)
    transport = httpx.HTTPTransport(uds=address.removeprefix("unix:"))
    return Client(base_url="http://localhost", headers=headers, httpx_args={"transport": transport})


def answered(answer):
    """What goes wrong is a problem with a stable code."""
    if isinstance(answer, Problem):
        raise SystemExit(f"{answer.code}: {answer.detail}")
    return answer


with connect(os.environ.get("KEYFOB_ADDR", "http://127.0.0.1:8200")) as keyfob:
    # The path of a secret has slashes. The client sends them as %2F, which means the same to the daemon.
    secret = answered(get_secret.sync("db/creds", client=keyfob, key="username"))
    print(f"username: {secret.value} (version {secret.version} of {secret.provider})")

    listed = answered(list_secrets.sync(client=keyfob, prefix="db/"))
    print(f"secrets under db/: {', '.join(found.path for found in listed.secrets)}")

    known = answered(describe_secret.sync("db/creds", client=keyfob))
    print(f"db/creds has the stages: {', '.join(known.stages)}")

    missing = get_secret.sync("no/such/secret", client=keyfob)
    print(f"missing: {missing.code}, to be tried again: {str(missing.retryable).lower()}")
