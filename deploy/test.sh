#!/usr/bin/env bash
# Everything that must hold before a change is kept. --lint: only what needs no database.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH" PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1
unset DJANGO_SETTINGS_MODULE
failed=()

check() { # name command…: runs it, shows its output only when it fails
  local name=$1 begun=$SECONDS log
  shift
  log=$(mktemp)
  if "$@" >"$log" 2>&1 </dev/null; then
    printf '  %-34s ok    %3d s\n' "$name" $((SECONDS - begun))
  else
    printf '  %-34s FAILED %2d s\n' "$name" $((SECONDS - begun))
    cat "$log"
    failed+=("$name")
  fi
  rm -f "$log"
}

suite() { # name pytest-arguments…: its output is shown as it comes
  local name=$1
  shift
  echo "── $name"
  python -m pytest "$@" </dev/null || failed+=("$name")
}

production_check() {
  env -u SANDBOX_URL DJANGO_ENV=production ALLOWED_HOSTS=bank.example \
    SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
    FIELD_KEYS="k1:$(python -c 'import secrets; print(secrets.token_hex(32))')" \
    DATABASE_URL=postgresql://bank@db.example/bank REDIS_URL=redis://redis.example/0 \
    $(for service in IDENTITY FACE BUREAU CARRIER CARD GOVERNMENT COURTS MULTILENDER COREBANK SMS WECHAT; do
      echo "${service}_URL=https://${service,,}.example ${service}_SECRET=a-real-one-$RANDOM"
    done) python manage.py check --deploy --fail-level WARNING
}

migrations_check() { env -u DATABASE_URL DJANGO_ENV=test python manage.py makemigrations --check --dry-run; }

echo "── style, types, contracts"
check "ruff" ruff check .
check "mypy" mypy
check "import contracts" lint-imports
check "settings for production" production_check
check "migrations are complete" migrations_check
if [ "${1:-}" != "--lint" ]; then
  deploy/chromium.sh || failed+=("Chromium")
  suite "units, services, pages" -q -n 2 -m "not system and not screenshots"
  suite "whole system: faults, and journeys in the browser" -q -m "system and not screenshots"
fi
if [ ${#failed[@]} -gt 0 ]; then
  printf '\nFailed: %s\n' "${failed[*]}" >&2
  exit 1
fi
printf '\nAll green in %d s.\n' $SECONDS
