"""Frame tokens: one check of rights per series, then bytes without asking the database.

A token says: whoever holds this session may fetch the frames of this series until then. It is
encrypted as well as signed, so that the same images carry different names for different readers
and periods: the address of a series is drawn per subject, and only the token knows which stored
series is meant. Layout: nonce (12) | payload XOR keystream (40) | mac (16), base64url;
keystream = HMAC-SHA-512(key 1, nonce), mac = HMAC-SHA-256(key 2, all the rest + what it is bound
to), encrypt-then-MAC. One nonce is used for one token, so that the keystream is a one-time pad.
"""

import base64
import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from webapp.core.errors import Forbidden

LIFETIME = timedelta(seconds=60)
_PAYLOAD = struct.Struct(">16s16sII")
_NONCE, _MAC = 12, 16
_LENGTH = _NONCE + _PAYLOAD.size + _MAC


@dataclass(frozen=True)
class Grant:
    """What a valid token allows.

    Parameters
    ----------
    subject
        Case or reading for which the frames are shown.
    series
        Primary key of the stored series.
    revision
        Number of frames when the token was issued; a series that has grown gets new tokens.
    """

    subject: UUID
    series: UUID
    revision: int


def binding(request: HttpRequest) -> str:
    """Return what a token is tied to: the session, or the API token, of this request.

    Read from the headers alone; whether the session is still good was checked when the token
    was issued, at most `LIFETIME` ago.
    """
    header = request.headers.get("Authorization", "")
    secret = header or request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(
    *,
    subject: UUID,
    series: UUID,
    revision: int,
    opaque_id: str,
    binding: str,
    now: datetime,
    lifetime: timedelta = LIFETIME,
) -> str:
    """Make a token for one series.

    Parameters
    ----------
    subject, series, revision
        See `Grant`.
    opaque_id
        How the series is called in the address; any text the caller draws.
    binding
        From :func:`binding`.
    now
        The machine's time: tokens don't follow the demo's clock.
    lifetime
        At most `LIFETIME`.

    Raises
    ------
    ValueError
        If the lifetime is longer than allowed.
    """
    if lifetime > LIFETIME:
        raise ValueError(f"A frame token lives at most {LIFETIME.seconds} s, not {lifetime}.")
    nonce = secrets.token_bytes(_NONCE)
    expires = int((now + lifetime).timestamp())
    sealed = nonce + _mask(_PAYLOAD.pack(series.bytes, subject.bytes, revision, expires), nonce)
    return _written(sealed + _mac(sealed, opaque_id, binding))


def verify(token: str, *, opaque_id: str, binding: str, now: datetime) -> Grant:
    """Return what a token allows.

    Raises
    ------
    Forbidden
        If it is made up, for another series or session, or too old; all read the same.
    """
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        raw = b""
    sealed, mac = raw[:-_MAC], raw[-_MAC:]
    # Decoding passes over strange letters and unused bits; only the letters issued are good.
    written = len(raw) == _LENGTH and _written(raw) == token
    good = written and hmac.compare_digest(mac, _mac(sealed, opaque_id, binding))
    if good:
        series, subject, revision, expires = _PAYLOAD.unpack(
            _mask(sealed[_NONCE:], sealed[:_NONCE])
        )
        if now.timestamp() < expires:
            return Grant(UUID(bytes=subject), UUID(bytes=series), revision)
    raise Forbidden(
        _("The permission to fetch these images has run out. Reload the page to go on."),
        code="token_expired",
    )


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@lru_cache(maxsize=2)
def _key(purpose: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"frames:{purpose}".encode(), "sha256")


def _mask(payload: bytes, nonce: bytes) -> bytes:
    stream = hmac.digest(_key("keystream"), nonce, "sha512")[: len(payload)]
    mixed = int.from_bytes(payload, "big") ^ int.from_bytes(stream, "big")
    return mixed.to_bytes(len(payload), "big")


def _mac(sealed: bytes, opaque_id: str, binding: str) -> bytes:
    # The binding has a fixed length, so that no two pairs concatenate alike.
    bound = sealed + binding.encode() + opaque_id.encode()
    return hmac.digest(_key("mac"), bound, "sha256")[:_MAC]
