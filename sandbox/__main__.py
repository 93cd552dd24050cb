"""``python -m sandbox``: the outside world on one port. See docs/sandbox.md."""

import argparse
import asyncio
import logging
import os
import sys
from pathlib import Path

from aiohttp import web

from sandbox import control, corebank, inquiries, messages
from sandbox.county import County
from sandbox.store import Store
from sandbox.world import WORLD, World


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox", description="Plays every outside service.")
    parser.add_argument("--host", default=os.environ.get("SANDBOX_HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("SANDBOX_PORT", "8100")))
    parser.add_argument("--data-dir", type=Path, default=Path(os.environ.get("DATA_DIR", ".data")) / "sandbox")
    parser.add_argument("--seed", default=os.environ.get("SANDBOX_SEED", "guangyuan"))
    return parser.parse_args()


def application(world: World) -> web.Application:
    app = web.Application(client_max_size=2_000_000)
    app[WORLD] = world
    app.add_routes([*control.routes(), *inquiries.routes(), *corebank.routes(), *messages.routes()])
    app.on_startup.append(_keep_calls)
    return app


async def _keep_calls(app: web.Application) -> None:
    async def flush_every_second() -> None:
        while True:
            await asyncio.sleep(1)
            app[WORLD].store.flush_calls()

    job = asyncio.get_running_loop().create_task(flush_every_second())
    app[WORLD].jobs.add(job)


def main() -> int:
    options = arguments()
    logging.basicConfig(level=logging.WARNING)
    world = World(
        county=County(options.seed),
        store=Store(options.data_dir),
        secret=os.environ.get("SANDBOX_SECRET", "sandbox-secret"),
        callback_url=os.environ.get("SANDBOX_CALLBACK_URL", ""),
        with_latency=os.environ.get("SANDBOX_LATENCY", "1") != "0",
    )
    try:
        web.run_app(
            application(world), host=options.host, port=options.port, print=None, access_log=None,
            shutdown_timeout=2,
        )
    except OSError as error:
        print(f"sandbox: port {options.port} cannot be used: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
