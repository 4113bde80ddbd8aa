"""What was said before, as a model is told of it: questions, calls, results and whole answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from anode_jlab.ai.providers.chat import Call, Result, Results, Said, Told, Turn
from anode_jlab.ai.reading.tokens import tokens
from anode_jlab.ai.transcript import Answer, CallRecord, Step

STOPPED = "This call was stopped; nothing is known of its result."

NO_ANSWER = "[There was no answer.]"

BROKEN_OFF = "[The answer broke off here.]"


def turns_of(answer: Answer) -> list[Turn]:
    """A question and all that the model did until its answer was done."""
    turns: list[Turn] = [Told(text=answer.question)]
    turns.extend(turns_of_steps(answer.steps))
    last = turns[-1]
    if isinstance(last, Told):
        turns.append(Said(text=NO_ANSWER))
    elif isinstance(last, Results):
        turns.append(Said(text=BROKEN_OFF))
    elif answer.steps[-1].is_partial:
        turns[-1] = Said(text=f"{last.text}\n\n{BROKEN_OFF}")
    return turns


def turns_of_steps(steps: Iterable[Step]) -> list[Turn]:
    """The steps of an answer, each with the results of its calls."""
    turns: list[Turn] = []
    for step in steps:
        calls = tuple(Call(id=call.id, tool=call.tool, args=call.args) for call in step.calls)
        if step.text or calls:
            turns.append(Said(text=step.text, calls=calls))
        if calls:
            turns.append(Results(results=tuple(map(result_of, step.calls))))
    return turns


def result_of(call: CallRecord) -> Result:
    """What a call gave, as the model was told."""
    ended = call.ended
    return Result(
        call_id=call.id,
        tool=call.tool,
        text=STOPPED if ended is None else ended.result,
        is_error=ended is None or ended.outcome != "done",
    )


def veiled(turn: Turn, covered: Callable[[str], str], *, pictures: bool = True) -> Turn:
    """A turn without what is hidden by now, whenever it was said; ``pictures`` says whether those
    of results may go along."""
    if isinstance(turn, Results):
        return Results(
            results=tuple(
                replace(
                    result,
                    text=covered(result.text),
                    pictures=result.pictures if pictures else (),
                )
                for result in turn.results
            )
        )
    if isinstance(turn, Told):
        return replace(turn, text=covered(turn.text))
    if isinstance(turn, Said):
        text = covered(turn.text)
        calls = tuple(replace(call, args=covered(call.args)) for call in turn.calls)
        if (text, calls) != (turn.text, turn.calls):
            return Said(text=text, calls=calls)
    return turn


def fitting(answers: Sequence[Answer], budget: int) -> list[Answer]:
    """The newest answers that take no more than so many tokens, in their order."""
    chosen: list[Answer] = []
    for answer in reversed(answers):
        budget -= size_of(answer)
        if budget < 0:
            break
        chosen.append(answer)
    return chosen[::-1]


def size_of(answer: Answer) -> int:
    """Tokens of a question with its answer, estimated."""
    size = tokens(answer.question)
    for step in answer.steps:
        size += tokens(step.text)
        for call in step.calls:
            size += tokens(call.args) + (0 if call.ended is None else tokens(call.ended.result))
    return size
