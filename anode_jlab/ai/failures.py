"""What can go wrong between us and a model, each with what a person can do about it."""

from __future__ import annotations

from anode_jlab.errors import AnodeError, NotPossibleNow


class AssistantOff(NotPossibleNow):
    """The assistant is switched off on this server."""

    code = "assistant_off"
    hint = "The administrator decides that with the setting `ai_enabled`."


class NotInstalled(NotPossibleNow):
    """What talks to models is not installed."""

    code = "not_installed"
    hint = "Install it with `pip install 'anode_jlab[ai]'`, then restart the server."


class ProviderNotFound(AnodeError):
    """There is no such provider of models."""

    code = "provider_not_found"
    hint = "Choose one that is listed, or add it with its address."


class AddressNotAllowed(AnodeError):
    """Models at that address are not allowed on this server."""

    code = "address_not_allowed"
    hint = "Ask the administrator to add it to the setting `ai_allowed_base_urls`."


class ModeNotAllowed(AnodeError):
    """The assistant may not work in that mode on this server."""

    code = "mode_not_allowed"
    hint = "Choose a lower one; the administrator decides with the setting `ai_max_mode`."


class ConversationNotFound(AnodeError):
    """The notebook has no such conversation."""

    code = "conversation_not_found"
    hint = "List its conversations; it may belong to another notebook."


class AssistantRunNotFound(AnodeError):
    """The conversation has no such answer."""

    code = "assistant_run_not_found"
    hint = "Read the conversation for those that are known."


class NotAnAiCell(AnodeError):
    """The cell is not an AI cell."""

    code = "not_an_ai_cell"
    hint = "Run it instead, or make it an AI cell."


class ModelFailed(AnodeError):
    """The model did not answer."""

    code = "provider_failed"
    hint = "Try again; when it stays so, see the provider's status page."

    def __init__(
        self,
        message: str | None = None,
        *,
        hint: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class NoKey(ModelFailed):
    """There is no key for this provider."""

    code = "no_key"
    hint = "Set one in the assistant's settings, or in the server's environment."


class KeyRefused(ModelFailed):
    """The provider does not accept the key."""

    code = "key_refused"
    hint = "Set another key in the assistant's settings, or ask the provider what it may do."


class RateLimited(ModelFailed):
    """The provider takes no more requests for now."""

    code = "rate_limited"
    hint = "Wait a moment, then try again; or choose another model."


class Unreachable(ModelFailed):
    """The provider could not be reached."""

    code = "provider_unreachable"
    hint = "Check that it runs, its address, and the network of the server."


class StreamCut(ModelFailed):
    """The answer broke off in the middle."""

    code = "stream_cut"
    hint = "What had come is kept. Try again."


class ContextTooLong(ModelFailed):
    """The question and what goes with it are too long for the model."""

    code = "context_too_long"
    hint = "Hide cells from the assistant, begin a new conversation, or choose a larger model."


class ModelNotFound(ModelFailed):
    """The provider has no such model."""

    code = "model_not_found"
    hint = "Choose another model; the list can be read again from the provider."


class Refused(ModelFailed):
    """The provider's filter stopped the answer."""

    code = "refused"
    hint = "Ask in another way."


class OutputLimit(ModelFailed):
    """The answer is longer than the model may say at once."""

    code = "output_limit"
    hint = "What had come is kept. Ask it to go on."


class RequestRefused(ModelFailed):
    """The provider did not understand the request."""

    code = "request_refused"
    hint = "Choose another model: this one may lack something, such as calling tools."


class LibrariesUnfit(ModelFailed):
    """What talks to models is installed in versions that do not fit together."""

    code = "libraries_unfit"
    hint = "Update it with `pip install --upgrade 'anode_jlab[ai]'`, then restart the server."


class Interrupted(ModelFailed):
    """The server stopped while the answer was on its way."""

    code = "interrupted"
    hint = "What had come is kept. Try again."


class TooManySteps(ModelFailed):
    """The assistant took as many steps as it may."""

    code = "too_many_steps"
    hint = "Tell it to go on, or raise the setting `ai_max_steps`."


class TooManyTokens(ModelFailed):
    """The answer used as many tokens as it may."""

    code = "too_many_tokens"
    hint = "Ask for less at once, or raise the setting `ai_max_tokens`."


class TooLong(ModelFailed):
    """The answer took as long as it may."""

    code = "too_long"
    hint = "Tell it to go on, or raise the setting `ai_max_minutes`."


class RepeatedCalls(ModelFailed):
    """The assistant made the same call again and again."""

    code = "repeated_calls"
    hint = "Tell it what to do instead."


class CostLimit(ModelFailed):
    """This notebook has cost as much as it may."""

    code = "cost_limit"
    hint = "Ask the administrator to raise the setting `ai_cost_limit`."
