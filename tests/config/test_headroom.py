"""A request has room for its frames in one piece."""

from django.http import HttpRequest, HttpResponse

from config.headroom import ROOM, Headroom

CHUNK = 16_384 // 8


def test_the_frame_asks_for_more_than_a_chunk_and_answers() -> None:
    assert Headroom.__call__.__code__.co_stacksize == ROOM > CHUNK
    assert Headroom(lambda request: HttpResponse(request.path))(HttpRequest()).status_code == 200
