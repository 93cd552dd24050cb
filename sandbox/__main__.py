"""``python -m sandbox``: the outside world on one port. See docs/sandbox.md."""

import argparse
import asyncio
import logging
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from sandbox import control, corebank, inquiries, messages
from sandbox.callbacks import Callbacks
from sandbox.county import County
from sandbox.store import Store
from sandbox.world import BODY_BYTES_MAX, WORLD, World, always_json

_FLUSH_EVERY_S = 1.0
_log = logging.getLogger("sandbox")


def arguments() -> argparse.Namespace:
    environ = os.environ
    parser = argparse.ArgumentParser(prog="sandbox", description="Plays every outside service.")
    parser.add_argument("--host", default=environ.get("SANDBOX_HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=environ.get("SANDBOX_PORT", "8100"))
    parser.add_argument(
        "--data-dir", type=Path, default=Path(environ.get("DATA_DIR", ".data")) / "sandbox",
        help="where the core bank's log is kept",
    )
    parser.add_argument("--seed", default=environ.get("SANDBOX_SEED", "guangyuan"))
    return parser.parse_args()


def application(world: World) -> web.Application:
    app = web.Application(middlewares=[always_json], client_max_size=BODY_BYTES_MAX)
    app[WORLD] = world
    app.add_routes([*control.routes(), *inquiries.routes(), *corebank.routes(), *messages.routes()])
    app.cleanup_ctx.append(_keep_calls)
    return app


async def _keep_calls(app: web.Application) -> AsyncIterator[None]:
    """Write the log of calls every second, and once more at the end."""

    async def flush() -> None:
        while True:
            await asyncio.sleep(_FLUSH_EVERY_S)
            try:
                app[WORLD].store.flush_calls()
            except sqlite3.Error:
                _log.exception("calls were not written")

    job = asyncio.get_running_loop().create_task(flush())
    yield
    job.cancel()
    app[WORLD].painter.shutdown(wait=False)
    app[WORLD].store.close()


def _world(options: argparse.Namespace) -> World:
    environ = os.environ
    return World(
        county=County(options.seed),
        store=Store(options.data_dir),
        callbacks=Callbacks(
            url=environ.get("SANDBOX_CALLBACK_URL", ""),
            secret=environ.get("SANDBOX_SECRET", "sandbox-secret"),
        ),
        with_latency=environ.get("SANDBOX_LATENCY", "1") != "0",
    )


def main() -> int:
    options = arguments()
    logging.basicConfig(level=logging.WARNING)
    try:
        app = application(_world(options))
    except (OSError, sqlite3.Error) as error:
        print(f"sandbox: {options.data_dir} cannot be used: {error}", file=sys.stderr)
        return 1
    try:
        web.run_app(
            app, host=options.host, port=options.port, print=None, access_log=None,
            shutdown_timeout=1,
        )
    except (OSError, OverflowError) as error:
        print(f"sandbox: port {options.port} cannot be used: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
