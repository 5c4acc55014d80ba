import urllib.error
import urllib.request

import pytest


def read(keyfob, path):
    with urllib.request.urlopen(f"{keyfob.url}/v1/secrets/{path}?format=raw") as answer:
        return answer.read().decode()


def test_rotation(keyfob):
    keyfob.put("app/greeting", "hello")
    assert read(keyfob, "app/greeting") == "hello"
    keyfob.put("app/greeting", "good morning")
    assert read(keyfob, "app/greeting") == "good morning"


def test_throttling(keyfob):
    keyfob.faults({"errorRate": 1, "code": "RateLimited", "retryAfter": "3s"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        read(keyfob, "app/greeting")
    assert refused.value.code == 429
    assert refused.value.headers["retry-after"] == "3"
