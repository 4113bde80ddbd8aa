#!/bin/sh
# Finds the Chromium that the browser tests drive, or installs it; prints its path.
# Set CHROMIUM to use another one.
set -eu

say() { printf '%s\n' "$*" >&2; }

find_chromium() {
    for candidate in ${CHROMIUM:-} chromium google-chrome google-chrome-stable chromium-browser; do
        # Ubuntu's chromium-browser may be a stub that only asks for its snap.
        if path=$(command -v "$candidate") && "$path" --version >/dev/null 2>&1; then
            printf '%s\n' "$path"
            return 0
        fi
    done
    return 1
}

install="apt-get install -y --no-install-recommends chromium fonts-dejavu-core fonts-liberation"

find_chromium && exit 0
if ! command -v apt-get >/dev/null; then
    say "The browser tests need Chromium: install it and set CHROMIUM to its path."
    exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
    sudo=
elif sudo -n true 2>/dev/null; then
    sudo="sudo -n"
else
    say "The browser tests need Chromium. Install it with:  sudo $install"
    exit 1
fi
say "Installing Chromium for the browser tests"
{
    $sudo apt-get update -q
    DEBIAN_FRONTEND=noninteractive $sudo $install
} >&2 </dev/null || true
find_chromium || {
    say "This system's packages hold no Chromium that runs."
    say "Install Google Chrome or another Chromium and set CHROMIUM to its path."
    exit 1
}
