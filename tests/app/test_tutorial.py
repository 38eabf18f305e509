"""The two tests of Quart's tutorial "Serving video", as it has them."""

from quart.typing import TestClientProtocol as Client


async def test_auto_video(client: Client) -> None:
    response = await client.get("/video.mp4")
    data = await response.get_data()
    assert len(data) == 255_849

    response = await client.get("/video.mp4", headers={"Range": "bytes=200-1000"})
    data = await response.get_data()
    assert len(data) == 801


async def test_chunked_video(client: Client) -> None:
    response = await client.get("/chunked_video.mp4")
    data = await response.get_data()
    assert len(data) == 255_849

    response = await client.get("/chunked_video.mp4", headers={"Range": "bytes=200-200000"})
    data = await response.get_data()
    assert len(data) == 100_000
