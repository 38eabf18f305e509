"""What the API says of videos: its JSON, as models that validate, document and serialize it."""

from urllib.parse import quote, urlencode

from pydantic import BaseModel, ConfigDict, Field

from service.catalogue.catalogue import Found, Video
from service.catalogue.links import links, mend
from service.catalogue.query import Query
from service.catalogue.wording import rfc3339
from service.library import Entry, entity_tag

_BILLION = 1_000_000_000


class _Said(BaseModel):
    # every member is always there: what is not known is null
    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class TrackResource(_Said):
    """Text for a video: subtitles, in WebVTT."""

    url: str = Field(description="Where it is, below this origin")
    language: str = Field(description="A BCP 47 tag, or empty")
    label: str


class UrlsResource(_Said):
    """Where a video is, below this origin, percent-encoded."""

    direct: str = Field(description="The file: whole, or exactly the range asked for")
    chunked: str = Field(description="The file: whole, or a capped part of the range asked for")
    watch: str = Field(description="A page with a player")
    embed: str = Field(description="A bare player, for an iframe")
    api: str = Field(description="This resource")
    poster: str | None = Field(description="A picture")


class VideoResource(_Said):
    """A video; null is what its container does not say, or what has not been read yet."""

    id: str
    title: str
    folder: str = Field(description="The path of its folder, empty for the library's own")
    content_type: str
    size: int = Field(ge=0, description="In bytes")
    modified: str = Field(
        description="The file's modification time (RFC 3339)", json_schema_extra={"format": "date-time"}
    )
    etag: str = Field(description="The file's strong entity-tag, as its GET answers it")
    duration: float | None = Field(ge=0, description="In seconds")
    width: int | None = Field(ge=0, description="In pixels, as displayed")
    height: int | None = Field(ge=0, description="In pixels, as displayed")
    codecs: str | None = Field(description="As in a media type's codecs parameter (RFC 6381)")
    bitrate: int | None = Field(ge=0, description="Of the whole file, in bits per second")
    faststart: bool | None = Field(description="Whether the index comes before the media")
    mend: str | None = Field(
        description="If it does not: the shell command, for the media folder, that makes such a file of it"
    )
    urls: UrlsResource
    tracks: list[TrackResource]


class PageResource(_Said):
    """A page of the videos that were found."""

    videos: list[VideoResource]
    total: int = Field(ge=0, description="How many were found")
    page: int = Field(ge=1)
    pages: int = Field(ge=1, description="How many pages that makes; there is always a first")
    limit: int = Field(ge=1, description="Videos on a page")


def describe(video: Video) -> VideoResource:
    """Say everything of a video."""
    entry, facts = video.entry, video.facts
    return VideoResource(
        id=entry.id,
        title=entry.title,
        folder=entry.folder,
        content_type=entry.content_type,
        size=entry.size,
        modified=rfc3339(entry.modified),
        etag=str(entity_tag(entry.modified // _BILLION, entry.size)),
        duration=facts.duration,
        width=facts.width,
        height=facts.height,
        codecs=facts.codecs,
        bitrate=facts.bitrate,
        faststart=facts.faststart,
        mend=mend(entry) if facts.faststart is False else None,
        urls=_urls(entry),
        tracks=_tracks(entry),
    )


def describe_page(found: Found, limit: int) -> PageResource:
    """Say everything of a page of videos."""
    return PageResource(
        videos=[describe(video) for video in found.videos],
        total=found.total,
        page=found.page,
        pages=found.pages,
        limit=limit,
    )


def page_links(path: str, query: Query, pages: int) -> str:
    """Return the Link field (RFC 8288) of a page: first, prev, next, last, as far as there are any."""
    numbers = {"first": 1, "prev": min(query.page - 1, pages), "next": query.page + 1, "last": pages}
    return ", ".join(
        f'<{path}?{page_parameters(query, number)}>; rel="{relation}"'
        for relation, number in numbers.items()
        if 1 <= number <= pages
    )


def page_parameters(query: Query, page: int) -> str:
    """Return the query component that asks for another page of the same."""
    sort = f"-{query.sort}" if query.descending else query.sort
    asked = {"q": query.text, "sort": sort, "page": page, "limit": query.limit}
    return urlencode({name: value for name, value in asked.items() if value != ""}, quote_via=quote)


def _urls(entry: Entry) -> UrlsResource:
    at = links(entry)
    return UrlsResource(
        direct=at.direct,
        chunked=at.chunked,
        watch=at.watch,
        embed=at.embed,
        api=at.api,
        poster=at.poster,
    )


def _tracks(entry: Entry) -> list[TrackResource]:
    return [
        TrackResource(url=url, language=track.language, label=track.label)
        for url, track in zip(links(entry).tracks, entry.tracks, strict=True)
    ]
