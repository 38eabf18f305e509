"""What lies beside a video: `clip.vtt`, `clip.en.vtt` and `clip.jpg` beside `clip.mp4`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from service.library.entry import Track

_TRACK = ".vtt"
_POSTERS = (".jpg", ".jpeg", ".webp", ".png")
"""The first that is there is taken."""

_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")  # the usual part of BCP 47
_AUTONYMS = {
    "ar": "العربية", "bg": "Български", "bn": "বাংলা", "ca": "Català", "cs": "Čeština", "da": "Dansk",
    "de": "Deutsch", "el": "Ελληνικά", "en": "English", "es": "Español", "et": "Eesti", "fa": "فارسی",
    "fi": "Suomi", "fr": "Français", "ga": "Gaeilge", "he": "עברית", "hi": "हिन्दी", "hr": "Hrvatski",
    "hu": "Magyar", "id": "Indonesia", "is": "Íslenska", "it": "Italiano", "ja": "日本語", "ko": "한국어",
    "lt": "Lietuvių", "lv": "Latviešu", "ms": "Melayu", "nb": "Norsk bokmål", "nl": "Nederlands",
    "no": "Norsk", "pl": "Polski", "pt": "Português", "ro": "Română", "ru": "Русский", "sk": "Slovenčina",
    "sl": "Slovenščina", "sr": "Српски", "sv": "Svenska", "th": "ไทย", "tr": "Türkçe", "uk": "Українська",
    "ur": "اردو", "vi": "Tiếng Việt", "zh": "中文",
}  # fmt: skip


@dataclass(slots=True)
class Companions:
    """The tracks and posters of a folder, by the stem of the video that they may belong to."""

    tracks: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Pairs of a language tag, empty for none, and a file's path."""
    posters: dict[str, str] = field(default_factory=dict)

    @classmethod
    def among(cls, files: Iterable[str]) -> "Companions":
        """Find them among the paths of a folder's files."""
        found = cls()
        for file in sorted(files):
            stem, dot, ending = file.rpartition(".")
            ending = dot + ending.lower()
            if ending == _TRACK:
                found._add_track(stem, file)
            elif ending in _POSTERS:
                found.posters[stem] = min(found.posters.get(stem, file), file, key=_rank)
        return found

    def _add_track(self, stem: str, file: str) -> None:
        self.tracks.setdefault(stem, []).append(("", file))
        shorter, _, tag = stem.rpartition(".")
        if shorter and _TAG.fullmatch(tag):
            self.tracks.setdefault(shorter, []).append((canonical(tag), file))

    def tracks_of(self, stem: str) -> tuple[Track, ...]:
        """Return the tracks of the video whose path without its ending is `stem`, by language."""
        if stem not in self.tracks:
            return ()
        return tuple(Track(file, tag, label(tag)) for tag, file in sorted(self.tracks[stem]))


def canonical(tag: str) -> str:
    """Return a language tag written the usual way (RFC 5646, section 2.1.1): `pt-BR`, `zh-Hant`."""
    first, *rest = tag.replace("_", "-").split("-")
    return "-".join([first.lower(), *(_usual(part) for part in rest)])


def label(tag: str) -> str:
    """Return what a menu of subtitles shows: the language's own name for itself, where it is known here."""
    first, _, rest = tag.partition("-")
    name = _AUTONYMS.get(first)
    if not name:
        return tag or "Subtitles"
    return f"{name} ({rest})" if rest else name


def _usual(part: str) -> str:
    return part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower()


def _rank(file: str) -> tuple[int, str]:
    return _POSTERS.index("." + file.rpartition(".")[2].lower()), file
