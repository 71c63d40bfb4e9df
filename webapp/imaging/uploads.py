"""Resumable uploads: bytes arrive in pieces, survive a lost line, and become cases once.

Lifetimes follow the machine's clock, not the demo's. The name of a single file is kept in a
file beside the raw bytes and goes with them; it never enters the database.
"""

import hmac
import os
import shutil
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.core import audit
from webapp.core.clock import Clock
from webapp.core.errors import Conflict, InvalidInput, TooLarge, Unavailable
from webapp.core.home import home_path
from webapp.imaging import rawfiles, store
from webapp.imaging.ingest import Json, ingest
from webapp.imaging.models import PictureKind, UploadSession, UploadState

LIFETIME = timedelta(days=7)
SILENT_AFTER = timedelta(seconds=60)
LARGEST = 32 << 30
ROOM_FACTOR = 2.2  # raw bytes, stored bytes, and some air
PROGRESS_EVERY = timedelta(seconds=0.5)


def fingerprint_of(text: str, owner: User) -> str:
    """Return the keyed hash under which a browser finds its own upload again."""
    key = f"fingerprint:{owner.pk}:{settings.SECRET_KEY}".encode()
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def begin(
    *, owner: User, length: int, fingerprint: str, filename: str, clock: Clock
) -> UploadSession:
    """Open an upload of a known length.

    Parameters
    ----------
    fingerprint
        Whatever the browser draws from the chosen files; stored as a keyed hash.
    filename
        For the report of a single file.
    clock
        The machine's.

    Raises
    ------
    InvalidInput, TooLarge, Unavailable
        If the length is not positive, above `LARGEST`, or more than the disk has room for.
    """
    purge_expired(clock=clock)
    _check_length(length)
    with transaction.atomic():
        upload = UploadSession.objects.create(
            owner=owner,
            fingerprint=fingerprint_of(fingerprint, owner) if fingerprint else "",
            length=length,
            created_at=clock.now(),
            changed_at=clock.now(),
        )
        audit.record(
            chain=audit.SITE,
            actor=owner,
            action="upload.opened",
            target=upload,
            data={"length": length},
            clock=clock,
        )
        rawfiles.create(upload, filename)  # without room for it there is no upload either
    return upload


def _check_length(length: int) -> None:
    if length <= 0:
        raise InvalidInput(_("There is nothing to upload: the length is 0 bytes."))
    if length > LARGEST:
        raise TooLarge(
            _("The upload has %(size)s GB; at most %(limit)s GB are taken. Upload it in parts.")
            % {"size": round(length / 2**30, 1), "limit": LARGEST >> 30}
        )
    free = shutil.disk_usage(home_path("uploads")).free
    if length * ROOM_FACTOR > free:
        raise Unavailable(
            _(
                "The disk has room for %(free)s GB, which is too little for this upload. "
                "Ask an administrator to make room."
            )
            % {"free": round(free / ROOM_FACTOR / 2**30, 1)},
            code="disk_full",
        )


def append(*, upload: UploadSession, offset: int, chunks: Iterable[bytes], clock: Clock) -> int:
    """Write bytes at the end of an upload and return the new offset.

    The offset moves only over bytes that are on the disk (fsync). What arrived before the line
    broke counts.

    Raises
    ------
    Conflict
        ``wrong_offset`` if `offset` isn't where the upload stands, ``busy`` if another window is
        sending, ``not_open`` if it is being ingested or done.
    TooLarge
        If more arrives than was announced.
    """
    with rawfiles.exclusive(upload) as file:
        upload.refresh_from_db()
        _check_place(upload, offset)
        file.truncate(offset)
        file.seek(offset)
        written = 0
        try:
            for chunk in chunks:
                if offset + written + len(chunk) > upload.length:
                    raise TooLarge(_("More bytes arrived than were announced. Start again."))
                file.write(chunk)
                written += len(chunk)
        finally:
            file.flush()
            os.fsync(file.fileno())
            UploadSession.objects.filter(pk=upload.pk).update(
                offset=offset + written, changed_at=clock.now()
            )
    return offset + written


def _check_place(upload: UploadSession, offset: int) -> None:
    if upload.state != UploadState.OPEN:
        raise Conflict(_("This upload is complete; nothing can be added to it."), code="not_open")
    if offset != upload.offset:
        raise Conflict(
            _("The upload stands at byte %(found)s, not at %(given)s. Go on from there.")
            % {"found": upload.offset, "given": offset},
            code="wrong_offset",
        )


def complete(
    *,
    upload: UploadSession,
    pixels_checked: bool,
    pictures_are: PictureKind = PictureKind.SLICES,
    clock: Clock,
    machine_clock: Clock,
) -> Json:
    """Ingest a whole upload and return the report; done already, return the report kept.

    The raw bytes and all file names are destroyed when the ingest has ended. The names are in
    the answer to the call that did the work, and nowhere else.

    Raises
    ------
    Conflict
        ``incomplete`` if bytes are missing, ``ingesting`` while another request is at work.
    """
    if not _claimed(upload, machine_clock):
        upload.refresh_from_db()
        if upload.state == UploadState.DONE:
            return dict(upload.report or {})
        raise Conflict(_("This upload is being checked right now. Wait."), code="ingesting")
    told = machine_clock.now()

    def progress(done: int, total: int) -> None:
        nonlocal told
        now = machine_clock.now()
        if now - told >= PROGRESS_EVERY or done == total:
            told = now
            UploadSession.objects.filter(pk=upload.pk).update(
                ingested=done, total=total, changed_at=now
            )

    try:
        report = ingest(
            path=rawfiles.raw_path(upload),
            name=rawfiles.name_of(upload),
            owner=upload.owner,
            project=None,
            clock=clock,
            pixels_checked=pixels_checked,
            pictures_are=pictures_are,
            progress=progress,
        ).to_json()
    except BaseException:
        UploadSession.objects.filter(pk=upload.pk).update(state=UploadState.OPEN)
        raise
    UploadSession.objects.filter(pk=upload.pk).update(
        state=UploadState.DONE, report=_without_names(report), changed_at=machine_clock.now()
    )
    rawfiles.destroy(upload)
    return report


def _claimed(upload: UploadSession, clock: Clock) -> bool:
    """Take the upload for ingest; also from a process that died while at it.

    Raises
    ------
    Conflict
        If bytes are missing.
    """
    if upload.state == UploadState.OPEN and upload.offset != upload.length:
        raise Conflict(
            _("Only %(found)s of %(length)s bytes have arrived. Send the rest first.")
            % {"found": upload.offset, "length": upload.length},
            code="incomplete",
        )
    whole = UploadSession.objects.filter(pk=upload.pk, offset=F("length"))
    now = clock.now()
    taken = {"state": UploadState.INGESTING, "changed_at": now}
    return bool(
        whole.filter(state=UploadState.OPEN).update(**taken)
        or whole.filter(state=UploadState.INGESTING, changed_at__lt=now - SILENT_AFTER).update(
            **taken
        )
    )


def _without_names(report: Json) -> Json:
    """Return a report in which files are called by their place in its lists."""
    lists = ("rejected", "quarantined")
    return report | {
        key: [row | {"file": f"#{n}"} for n, row in enumerate(report[key], start=1)]
        for key in lists
    }


def discard(*, upload: UploadSession, actor: User, clock: Clock) -> None:
    """Give up an upload; its bytes and name are destroyed, cases made from it stay."""
    _remove(upload, actor, "upload.discarded", clock)


def purge_expired(*, clock: Clock) -> int:
    """Destroy uploads and drafts in the store older than `LIFETIME`: hourly and at each upload.

    Returns
    -------
    int
        How many were destroyed.
    """
    too_old = clock.now() - LIFETIME
    store.sweep(before=too_old.timestamp())
    expired = UploadSession.objects.filter(created_at__lt=too_old)
    for upload in expired:
        _remove(upload, None, "upload.expired", clock)
    return len(expired)


@transaction.atomic
def _remove(upload: UploadSession, actor: User | None, action: str, clock: Clock) -> None:
    audit.record(chain=audit.SITE, actor=actor, action=action, target=upload, data={}, clock=clock)
    rawfiles.destroy(upload)
    upload.delete()
