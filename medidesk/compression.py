"""Answers made shorter on the way, but for those whose strong ETag promises the very bytes."""

from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware


class CompressionMiddleware(GZipMiddleware):
    """Django's, which would turn `"3"` into `W/"3"`: an integrator's If-Match needs the strong one."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Compress, unless the answer carries a strong ETag of the API."""
        if request.path.startswith("/api/") and response.headers.get("ETag", "").startswith('"'):
            return response
        return super().process_response(request, response)
