"""Why a model did not answer, from what the libraries raise: one of our own failures each."""

from __future__ import annotations

import re
from typing import Any

from anode_jlab.ai.failures import (
    ContextTooLong,
    KeyRefused,
    LibrariesUnfit,
    ModelFailed,
    ModelNotFound,
    RateLimited,
    Refused,
    RequestRefused,
    StreamCut,
    Unreachable,
)
from anode_jlab.ai.providers.library import Library

_TOO_LONG = re.compile(
    r"context.?(length|window)|maximum context|prompt is too long|too many (input )?tokens"
    r"|exceeds? the (available )?(context|model)|input length|n_ctx|request too large",
    re.IGNORECASE,
)

_NO_MODEL = re.compile(
    r"model[^.]{0,80}(not (found|exist)|does not exist|unknown)|model_not_found|not_found_error",
    re.IGNORECASE,
)

_NO_CREDIT = re.compile(r"insufficient_quota|billing|credit balance|quota", re.IGNORECASE)

_KEYLIKE = re.compile(r"\b(sk|gsk|xai|key|api)[-_][A-Za-z0-9*_-]{6,}|Bearer\s+\S+", re.IGNORECASE)
"""Providers repeat part of a key that they refuse."""

LONGEST_DETAIL = 300
"""Characters of a provider's own words that people are shown."""

LONGEST_WAIT_SECONDS = 24 * 3600.0
"""Of a Retry-After; more is none."""


def failure_of(library: Library, error: Exception, *, has_begun: bool) -> ModelFailed | None:
    """What an error of the libraries means; None for what is a mistake of ours."""
    errors = library.exceptions
    if isinstance(error, errors.ModelHTTPError):
        return _refusal(error)
    if isinstance(error, getattr(errors, "ContentFilterError", ())):
        return Refused()
    if isinstance(error, errors.ModelAPIError) or _is_of_the_wire(error):
        return StreamCut() if has_begun else Unreachable()
    if isinstance(error, errors.UnexpectedModelBehavior):
        return StreamCut(f"What the model answered is not understood: {_clean(error.message)}")
    if isinstance(error, errors.UserError):
        return RequestRefused(_clean(str(error)))
    if isinstance(error, TypeError | AttributeError | ImportError) and _is_in_libraries(error):
        return LibrariesUnfit()
    return None


def _is_of_the_wire(error: Exception) -> bool:
    """Whether a library of HTTP, or of a provider, raised it: they differ between versions."""
    modules = {kind.__module__.partition(".")[0] for kind in type(error).__mro__}
    return bool(modules & {"httpx", "httpx2", "httpcore", "httpcore2", "openai", "anthropic"}) or (
        isinstance(error, OSError | EOFError | ValueError)
    )


def _is_in_libraries(error: Exception) -> bool:
    """Whether one library stumbled over another, not we over them."""
    trace = error.__traceback__
    modules = set()
    while trace is not None:
        modules.add(str(trace.tb_frame.f_globals.get("__name__", "")).partition(".")[0])
        trace = trace.tb_next
    return bool(modules & {"pydantic_ai", "openai", "anthropic"})


def _refusal(error: Any) -> ModelFailed:
    status, said = int(error.status_code), _words(error)
    if status == 401 or (status == 403 and not _NO_MODEL.search(said)):
        return KeyRefused()
    if status == 413 or (status in (400, 422) and _TOO_LONG.search(said)):
        return ContextTooLong()
    if status == 404 or (status in (400, 403, 422) and _NO_MODEL.search(said)):
        return ModelNotFound(f"The provider has no model {error.model_name}.")
    if status == 402 or (status == 429 and _NO_CREDIT.search(said)):
        return RateLimited(
            "The account with the provider is used up.",
            hint="Look at its billing, then try again; or choose another provider.",
        )
    if status == 429:
        return _limited(error)
    if status >= 500:
        return ModelFailed(f"The provider failed with status {status}.", retry_after=_wait(error))
    if 300 <= status < 400:
        return Unreachable(
            "The provider's address leads elsewhere.",
            hint="Set the address that it leads to; keys are not sent on.",
        )
    return RequestRefused(f"The provider refused the request: {_clean(said)}")


def _limited(error: Any) -> RateLimited:
    wait = _wait(error)
    hint = None if wait is None else f"Try again in {wait:.0f} s, or choose another model."
    return RateLimited(hint=hint, retry_after=wait)


def _wait(error: Any) -> float | None:
    """Seconds of Retry-After, where the provider sent it and it was kept."""
    told: Any = getattr(error, "retry_after", None)
    if told is None:
        response = getattr(error.__cause__, "response", None)
        told = getattr(response, "headers", {}).get("retry-after")
    try:
        seconds = float(told)
    except (TypeError, ValueError):
        return None
    return seconds if 0 <= seconds <= LONGEST_WAIT_SECONDS else None


def _words(error: Any) -> str:
    body = getattr(error, "body", None)
    if isinstance(body, dict):
        inner = body.get("error", body)
        if isinstance(inner, dict):
            return " ".join(str(inner.get(name, "")) for name in ("message", "type", "code"))
        return str(inner)
    return str(body or error)


def _clean(text: str) -> str:
    """A provider's own words, short and without what looks like a key."""
    return _KEYLIKE.sub("[key]", " ".join(text.split()))[:LONGEST_DETAIL]
