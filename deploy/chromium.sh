#!/usr/bin/env bash
# Finds a Chromium for the browser tests, else installs one: Debian's when root, else Playwright's.
set -uo pipefail
cd "$(dirname "$0")/.."
find_one() {
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" && return 0
  done
  .venv/bin/python - <<'PY'
import os, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    path = p.chromium.executable_path
sys.exit(print(path) or 0) if os.path.exists(path) else sys.exit(1)
PY
}
find_one >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Chromium and Chinese fonts from the distribution …"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-noto-cjk; } >/tmp/chromium-install.log 2>&1 ||
    tail -n 3 /tmp/chromium-install.log >&2
fi
find_one >/dev/null && exit 0
echo "Installing Playwright's Chromium …"
.venv/bin/python -m playwright install --with-deps chromium >/dev/null 2>&1 || .venv/bin/python -m playwright install chromium
find_one >/dev/null || { echo "No Chromium could be found or installed: install one and run again." >&2; exit 1; }
