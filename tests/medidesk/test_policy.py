"""What pages and data may load."""

from medidesk.csp import DATA_POLICY


def test_data_loads_nothing(client):
    assert client.get("/api/v1/openapi.json").headers["Content-Security-Policy"] == DATA_POLICY
    assert client.get("/api/v1/sites").headers["Content-Security-Policy"] == DATA_POLICY


def test_pages_load_their_own_scripts_and_nothing_else(client):
    policy = client.get("/").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
