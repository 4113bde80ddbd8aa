"""Takes keys and tokens out of what outputs and files say: no model needs them to answer."""

from __future__ import annotations

import re

_PATTERNS = (
    r"sk-ant-[A-Za-z0-9_-]{20,}",  # Anthropic
    r"sk-(?:proj-|or-v1-)?[A-Za-z0-9_-]{20,}",  # OpenAI, OpenRouter and others
    r"gsk_[A-Za-z0-9]{20,}",  # Groq
    r"gh[pousr]_[A-Za-z0-9]{30,}",  # GitHub
    r"github_pat_[A-Za-z0-9_]{30,}",
    r"glpat-[A-Za-z0-9_-]{20,}",  # GitLab
    r"(?:AKIA|ASIA)[A-Z0-9]{16}",  # AWS
    r"AIza[A-Za-z0-9_-]{35}",  # Google
    r"ya29\.[A-Za-z0-9_-]{20,}",
    r"xox[abeprs]-[A-Za-z0-9-]{10,}",  # Slack
    r"hf_[A-Za-z0-9]{30,}",  # Hugging Face
    r"npm_[A-Za-z0-9]{36}",
    r"pypi-[A-Za-z0-9_-]{50,}",
    r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{20,}",  # Stripe
    r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",  # a signed JSON Web Token
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    r"(?<=://)[^\s/:@'\"]{1,64}:[^\s/@'\"]{3,128}(?=@)",  # name and password in an address
)

_KEY = re.compile(r"(?<![A-Za-z0-9])(?:" + "|".join(_PATTERNS) + ")")

INSTEAD = "[redacted: key]"


def redacted(text: str) -> str:
    """The text without what looks like a key."""
    return _KEY.sub(INSTEAD, text)
