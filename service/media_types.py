"""Media types by file name: a fixed table, so that an answer does not depend on the machine's mime.types."""

from pathlib import PurePath

VIDEO_TYPES = {
    ".m4v": "video/mp4",
    ".mkv": "video/matroska",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".ogv": "video/ogg",
    ".webm": "video/webm",
}
# what lies beside a video: tracks, posters, and the pieces of HLS and DASH
COMPANION_TYPES = {
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4a": "audio/mp4",
    ".m4s": "video/iso.segment",
    ".mpd": "application/dash+xml",
    ".png": "image/png",
    ".ts": "video/mp2t",
    ".vtt": "text/vtt; charset=utf-8",
    ".webp": "image/webp",
}
MEDIA_TYPES = VIDEO_TYPES | COMPANION_TYPES
ASSET_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_TYPES = MEDIA_TYPES | ASSET_TYPES


def media_type(name: str) -> str | None:
    """Return the media type that the ending of `name` stands for, None when that kind is not served."""
    return _TYPES.get(PurePath(name).suffix.lower())
