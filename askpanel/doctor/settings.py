"""Are the settings those of a service that people can reach, and can trust?"""

from __future__ import annotations

from askpanel.config import Config
from askpanel.doctor.finding import Notes

AREA = "The settings"


def judge(config: Config) -> Notes:
    """What can be said without asking anybody."""
    notes = Notes(AREA)
    notes.ok("They can be read.")
    if not config.base_url:
        notes.warning(
            "ASKPANEL_BASE_URL is not set, so only this machine may send forms and open sockets.",
            "from any other, nobody can ask and no answer comes by itself.",
            "set it to the address that people type, such as https://ask.example.org.",
        )
    elif not config.secure:
        notes.warning(
            f"People come to {config.base_url} without TLS.",
            "whoever is on the way, in the same café or company, can read what they ask.",
            "put a proxy with a certificate in front and set ASKPANEL_BASE_URL to https://…",
        )
    else:
        notes.ok(f"People come to {config.base_url}.")
    if config.secure and not config.trusted_proxies:
        notes.warning(
            "ASKPANEL_TRUSTED_PROXIES is not set, though something else must end TLS in front.",
            f"all people then count as one network, which may hold {config.sockets_per_client} "
            "live connections: the next one sees no answers.",
            "set it to the proxy's address or network.",
        )
    if config.redis_url and not config.secret_key:
        notes.note(
            "ASKPANEL_SECRET_KEY is not set: the key in the data folder is used, and every other "
            "node must have the same."
        )
    if config.allow_weak_persistence:
        notes.warning(
            "ASKPANEL_ALLOW_WEAK_PERSISTENCE is on.",
            "a store that loses what was confirmed is not refused.",
            "take it away, unless losing questions is acceptable here.",
        )
    return notes
