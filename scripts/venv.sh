# Shared by ./run and ./check: a virtual environment that holds exactly what a lock file says.

find_python() {
    for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Python 3.11 or newer with its venv module is needed (on Debian: apt install python3 python3-venv)." >&2
    exit 1
}

# ensure_venv LOCK: install LOCK into .venv unless that was done for this very file. The dev lock contains the other.
ensure_venv() {
    wanted=$(cat "$1" pyproject.toml | cksum)
    stamp=.venv/.installed-$1
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
        return
    fi
    echo "Setting up .venv from $1 (once) ..." >&2
    [ -x .venv/bin/python ] || "$(find_python)" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$1"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
    echo "$wanted" >"$stamp"
}
