"""Health, and the API page with its assets from our own files: it works without the internet."""

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse, Response

ASSETS = files("shared").joinpath("assets")


def install(app: FastAPI, name: str, health_of: Callable[[], Mapping[str, Any]]) -> None:
    """Health, and the API page with its assets from our own files: it works without the internet."""

    @app.get(f"/{name}/health", include_in_schema=False)
    async def health() -> JSONResponse:
        return JSONResponse({"service": name, **health_of()})

    @app.get(f"/{name}/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=f"/{name}/openapi.json",
            title=f"Homeward {name}",
            swagger_js_url=f"/{name}/assets/swagger-ui-bundle.js",
            swagger_css_url=f"/{name}/assets/swagger-ui.css",
            swagger_favicon_url="data:,",
        )

    @app.get(f"/{name}/assets/{{asset}}", include_in_schema=False)
    async def assets(asset: str) -> Response:
        kinds = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
        if asset not in kinds:
            return Response(status_code=404)
        return Response(ASSETS.joinpath("swagger", asset).read_bytes(), media_type=kinds[asset])
