"""Open usage files as they come: gzip or plain, whole or cut, with a BOM, CRLF, foreign bytes or endless lines."""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
import zlib
from collections.abc import Iterator

from come.usage import ports
from come.usage.intake import layout

_CHUNK = 4 * 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31
_PARQUET_MAGIC = b"PAR1"
_BOM = b"\xef\xbb\xbf"
_TO_ASCII = bytes(byte if byte in (9, 10) or 32 <= byte < 127 else ord("?") for byte in range(256))


@dataclasses.dataclass(slots=True)
class _Seen:
    """What one pass over the bytes found."""

    digest: str = ""
    size: int = 0
    findings: set[str] = dataclasses.field(default_factory=set)


class UsageFileOpener:
    """Implements `usage.ports.UsageFileOpener` for files of this machine."""

    def open(self, *, path: pathlib.Path, workspace: pathlib.Path) -> ports.OpenedFile:
        """Return the file made readable; only a file that needs a repair is copied."""
        with path.open("rb") as handle:
            start = handle.read(4)
        workspace.mkdir(parents=True, exist_ok=True)
        if start == _PARQUET_MAGIC:
            seen = _look(_chunks(path), is_text=False)
            return ports.OpenedFile(path.name, "parquet", path, seen.digest, seen.size, ())
        readable, cut = path, False
        seen = _look(_chunks(path), is_text=not start.startswith(_GZIP_MAGIC))
        findings = seen.findings
        if start.startswith(_GZIP_MAGIC):
            readable = workspace / "unpacked.csv"
            cut = _unpack(path, readable)
            findings = _look(_chunks(readable), is_text=True).findings
        if findings:
            repaired = workspace / "repaired.csv"
            _repair(readable, repaired)
            readable = repaired
        found = tuple(sorted(findings | ({"truncated_gzip"} if cut else set())))
        return ports.OpenedFile(path.name, "lines", readable, seen.digest, seen.size, found)


def _chunks(path: pathlib.Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            yield chunk


def _look(chunks: Iterator[bytes], *, is_text: bool) -> _Seen:
    """Hash the bytes and, for a text, find what must be repaired."""
    seen, digest, is_first = _Seen(), hashlib.sha256(), True
    for chunk in chunks:
        digest.update(chunk)
        seen.size += len(chunk)
        if is_text:
            _look_at_text(chunk, seen.findings, is_first=is_first)
        is_first = False
    seen.digest = digest.hexdigest()
    return seen


def _look_at_text(chunk: bytes, findings: set[str], *, is_first: bool) -> None:
    body = chunk
    if is_first and chunk.startswith(_BOM):
        findings.add("byte_order_mark")
        body = chunk[len(_BOM) :]
    if not body.isascii() or b"\0" in body:
        findings.add("foreign_bytes")
    if b"\r" in body:
        findings.add("carriage_returns")
    # A window without any end of line holds a part of a line longer than half the limit: look no further, repair decides.
    half = layout.LONGEST_LINE // 2
    if any(body.find(b"\n", start, start + half) < 0 for start in range(0, len(body) - half, half)):
        findings.add("long_line")


def _unpack(path: pathlib.Path, to: pathlib.Path) -> bool:
    """Decompress what can be, member after member; return whether the end is missing or broken."""
    engine, is_fresh = zlib.decompressobj(wbits=_GZIP_WINDOW), True
    with to.open("wb") as out:
        for chunk in _chunks(path):
            rest = chunk
            while rest.strip(b"\0") or (rest and not is_fresh):
                try:
                    out.write(engine.decompress(rest, _CHUNK))
                except zlib.error:
                    return True
                is_fresh = engine.eof
                rest = engine.unused_data if engine.eof else engine.unconsumed_tail
                if engine.eof:
                    engine = zlib.decompressobj(wbits=_GZIP_WINDOW)
        out.write(engine.flush())
    return not is_fresh


def _repair(path: pathlib.Path, to: pathlib.Path) -> None:
    """Copy a text without BOM and carriage returns, foreign bytes made "?", endless lines cut."""
    room, is_first = layout.LONGEST_LINE, True
    with to.open("wb") as out:
        for chunk in _chunks(path):
            body = chunk.removeprefix(_BOM) if is_first else chunk
            is_first = False
            for line in body.replace(b"\r", b"").translate(_TO_ASCII).splitlines(keepends=True):
                is_whole = line.endswith(b"\n")
                kept = line[: max(room - 1, 0)] if len(line) > room else line
                out.write(kept.rstrip(b"\n") + (b"\n" if is_whole else b""))
                room = layout.LONGEST_LINE if is_whole else max(room - len(kept), 0)
