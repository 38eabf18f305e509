"""Viewers who ask for everything that there is, over and over, and know what the answers have to be."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests

from tests.e2e.films import LAB_FILM
from tests.e2e.targets import Stack

CAP = 100_000
PAUSE = 0.2


@dataclass(frozen=True)
class Question:
    """What is asked for, and the answer that is right."""

    route: str
    path: str
    headers: Mapping[str, str]
    method: str
    status: int
    body: bytes | None = None
    words: str = ""


@dataclass
class Books:
    """By route: how many answers there were and how many bytes they had; and what was wrong."""

    answers: Counter[str] = field(default_factory=Counter)
    received: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: "Books") -> None:
        self.answers.update(other.answers)
        self.received.update(other.received)
        self.slowest = max(self.slowest, other.slowest)
        self.wrong += other.wrong


def questions(content: bytes) -> list[Question]:
    """Think of one for each kind of request, in each lane."""
    last = len(content) - 1

    def video(path: str, headers: dict[str, str], status: int, body: bytes | None) -> Question:
        return Question(path.replace(LAB_FILM, "<id>"), path, headers, "GET", status, body)

    return [
        video("/video.mp4", {"Range": "bytes=5-70004"}, 206, content[5:70005]),
        video(f"/videos/{LAB_FILM}", {"Range": f"bytes={last - 99}-"}, 206, content[-100:]),
        video("/chunked_video.mp4", {"Range": "bytes=9-"}, 206, content[9 : 9 + CAP]),
        video(f"/chunked/{LAB_FILM}", {"Range": "bytes=77-"}, 206, content[77 : 77 + CAP]),
        video("/video.mp4", {"Range": "bytes=5-9", "If-Match": "*"}, 206, content[5:10]),
        video("/video.mp4", {"If-None-Match": "*"}, 304, b""),
        video(f"/videos/{LAB_FILM}", {"If-Match": '"another"'}, 412, None),
        video("/video.mp4", {"Range": "bytes=0-0,-1"}, 206, None),
        video("/chunked_video.mp4", {"Range": f"bytes={last + 1}-"}, 416, None),
        Question("/video.mp4", "/video.mp4", {}, "HEAD", 200, b""),
        Question("/", "/", {}, "GET", 200, words="<video"),
        Question("/api/videos", "/api/videos", {}, "GET", 200, words=LAB_FILM),
        Question("/watch/<video_id>", f"/watch/{LAB_FILM}", {}, "GET", 200, words=LAB_FILM),
        Question("/version", "/version", {}, "GET", 200, words="version"),
    ]


def ask(base_url: str, question: Question, stop: threading.Event) -> Books:
    """Ask until `stop` is set, on a connection that is kept."""
    books = Books()
    with requests.Session() as session:
        session.trust_env = False
        while not stop.is_set():
            began = time.monotonic()
            try:
                answer = session.request(
                    question.method, base_url + question.path, headers=question.headers, timeout=30
                )
            except requests.RequestException as error:
                books.wrong.append(f"{question.path} {dict(question.headers)}: {error!r}")
                continue
            books.slowest = max(books.slowest, time.monotonic() - began)
            books.answers[question.route] += 1
            books.received[question.route] += len(answer.content)
            if not _is_right(question, answer):
                books.wrong.append(
                    f"{question.path} {dict(question.headers)}: {answer.status_code} {answer.content[:200]!r}"
                )
            time.sleep(PAUSE)
    return books


def _is_right(question: Question, answer: requests.Response) -> bool:
    return (
        answer.status_code == question.status
        and question.body in {None, answer.content}
        and question.words in (answer.text if question.words else "")
    )


@contextmanager
def asking(stack: Stack, content: bytes) -> Iterator[Books]:
    """Have all of it asked meanwhile; afterwards the books are complete."""
    books, stop = Books(), threading.Event()
    asked = questions(content)
    with ThreadPoolExecutor(len(asked)) as pool:
        running = [pool.submit(ask, stack.base_url, question, stop) for question in asked]
        try:
            yield books
        finally:
            stop.set()
        for viewer in running:
            books.add(viewer.result())
