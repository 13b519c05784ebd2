"""Settings: read once, and every mistake one plain sentence that names the setting."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from askpanel.config import BadSetting, load


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ASKPANEL_DATA_DIR", str(tmp_path / "data"))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SECRET_KEY", "short", "at least 32 characters"),
        ("BASE_URL", "ask.example.org", "no http or https origin"),
        ("BASE_URL", "ftp://ask.example.org", "no http or https origin"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, everybody", "everybody"),
        ("QUESTIONS_PER_MINUTE", "0", "greater than or equal to 1"),
        ("QUESTIONS_PER_MINUTE", "many", "valid integer"),
        ("SOCKETS_PER_CLIENT", "-1", "greater than or equal to 1"),
        ("LEASE_SECONDS", "1", "greater than or equal to 10"),
        ("EXIT_URL", "http://example.org", "https://"),
        ("EMBED_ORIGINS", "https://a.example, b.example", "no http or https origin"),
        ("EMBED_ORIGINS", "http://force.example", "must begin with https://"),
        ("EMBED_ORIGINS", "*", "no http or https origin"),
        ("EMBED_ORIGINS", "https://*.force.example", "without a wildcard"),
        ("EMBED_ORIGINS", "https://a.example;script-src *", "without a wildcard"),
        ("EMBED_ORIGINS", "https://a.example b.example", "without a wildcard"),
        ("EMBED_ORIGINS", "https://a.example:99999", "out of range"),
        ("EMBED_ORIGINS", "https://me@force.example", "leave out what stands around"),
        ("EMBED_ORIGINS", "https://force.example/news", "leave out what stands around"),
        ("ALLOW_WEAK_PERSISTENCE", "perhaps", "boolean"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"ASKPANEL_{name}", value)
    with pytest.raises(BadSetting) as refusal:
        load()
    sentence = str(refusal.value)
    assert sentence.startswith(f"ASKPANEL_{name} cannot be used: ")
    assert says in sentence
    assert "\n" not in sentence


def test_a_secret_is_not_repeated_when_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKPANEL_SECRET_KEY", "hunter2")
    with pytest.raises(BadSetting) as refusal:
        load()
    assert "hunter2" not in str(refusal.value)


def test_the_base_url_becomes_the_one_origin_that_is_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ASKPANEL_BASE_URL", "https://Ask.Example.org:443/")
    config = load()
    assert config.origins(8000) == {"https://ask.example.org"}
    assert config.secure


def test_sites_that_may_frame_us_are_whole_origins_each_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert load().embed_origins == ()
    given = "https://WWW.Force.example/, https://www.force.example:443,https://bücher.example:8443,"
    monkeypatch.setenv("ASKPANEL_EMBED_ORIGINS", given)
    found = load().embed_origins
    assert found == ("https://www.force.example", "https://xn--bcher-kva.example:8443")


def test_to_try_out_a_frame_ones_own_machine_needs_no_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = ("http://127.0.0.1:9000", "http://localhost", "http://[::1]:9000")
    monkeypatch.setenv("ASKPANEL_EMBED_ORIGINS", ",".join(tried))
    assert load().embed_origins == tried


def test_without_a_base_url_only_loopback_is_ours() -> None:
    config = load()
    assert config.origins(8123) == {
        "http://127.0.0.1:8123",
        "http://localhost:8123",
        "http://[::1]:8123",
    }
    assert not config.secure


def test_a_key_is_generated_once_and_kept_for_the_owner_alone(tmp_path: Path) -> None:
    config = load()
    first = config.secret()
    assert len(first) >= 32
    assert load().secret() == first
    kept = tmp_path / "data" / "secret-key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_data_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(BadSetting, match="ASKPANEL_DATA_DIR"):
        load().secret()


def test_trusted_proxies_are_a_list_of_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKPANEL_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8,unix")
    assert load().trusted_proxies == ("127.0.0.1", "10.0.0.0/8", "unix")
