"""Health, and the API page with its assets from our own files: it works without the internet."""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse, Response

from shared.web.headers import NOTHING

ASSETS = files("shared").joinpath("assets")


def _allowed(page: bytes) -> str:
    """For the API page: our own files, and the lines that start it, named by their digest. It speaks to us alone."""
    lines = (
        b64encode(sha256(script).digest()).decode() for script in re.findall(rb"<script>(.*?)</script>", page, re.S)
    )
    scripts = " ".join(["'self'", *(f"'sha256-{digest}'" for digest in lines)])
    own = f"script-src {scripts}; style-src 'self'; img-src 'self' data:; connect-src 'self'"
    return f"{NOTHING}; {own}"


def install(app: FastAPI, name: str, health_of: Callable[[], Mapping[str, Any]]) -> None:
    """Health alone."""

    @app.get(f"/{name}/health", include_in_schema=False)
    async def health() -> JSONResponse:
        return JSONResponse({"service": name, **health_of()})


def install_page(app: FastAPI, name: str) -> None:
    """The API page with its assets from our own files: it works without the internet."""
    page = get_swagger_ui_html(
        openapi_url=f"/{name}/openapi.json",
        title=f"Homeward {name}",
        swagger_js_url=f"/{name}/assets/swagger-ui-bundle.js",
        swagger_css_url=f"/{name}/assets/swagger-ui.css",
        swagger_favicon_url="data:,",
    ).body

    @app.get(f"/{name}/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(page, headers={"Content-Security-Policy": _allowed(bytes(page))})

    @app.get(f"/{name}/assets/{{asset}}", include_in_schema=False)
    async def assets(asset: str) -> Response:
        kinds = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
        if asset not in kinds:
            return Response(status_code=404)
        return Response(ASSETS.joinpath("swagger", asset).read_bytes(), media_type=kinds[asset])
