#!/usr/bin/env bash
# install.sh PYTHON VENV REQUIREMENTS STAMP – the pinned, hashed list into the virtual environment, once per content.
set -euo pipefail
python=$1 venv=$2 requirements=$3 stamp=$4
hash=$(sha256sum "$requirements" | cut -d' ' -f1)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$hash" ]; then
  touch "$stamp"
  exit 0
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "Python 3.11 or newer is needed: install it, or name it, e.g. \`make run PYTHON=python3.12\`." >&2
  exit 1
fi
if [ ! -x "$venv/bin/python" ]; then
  echo "Making $venv …"
  if ! "$python" -m venv "$venv" >"$venv.log" 2>&1; then
    tail -n 1 "$venv.log" >&2
    echo "A virtual environment could not be made: on Debian install python3-venv." >&2
    rm -rf "$venv" "$venv.log"
    exit 1
  fi
  rm -f "$venv.log"
fi
total=$(grep -c '^[A-Za-z0-9]' "$requirements")
echo "Installing $total pinned packages from $requirements (once; a few minutes on a slow line) …"
"$venv/bin/python" -m pip install --disable-pip-version-check --no-input --no-deps --require-hashes \
  --only-binary=:all: --progress-bar off -r "$requirements" 2>&1 |
  awk '/^Collecting/ { printf "\r  fetching %d: %-50s", ++n, substr($2, 1, 50); fflush() }
       /^Installing/ { printf "\r  unpacking …%-60s\n", ""; fflush() }
       /ERROR|error:/ { print "\n" $0 > "/dev/stderr" }'
echo "$hash" >"$stamp"
