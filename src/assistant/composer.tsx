// Where a question is written: with mentions, a model, a mode, and what goes along.

import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon, listIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Mention } from '../api/conversations';
import type { AiMode } from '../tokens';
import { ContextMeter, SentList } from './contextmeter';
import type { AssistantModel } from './model';
import { ModelPicker, modelOf } from './modelpicker';
import { PromptList } from './promptlist';
import type { ISuggestion } from './suggestions';
import { kept, lineOf, mentionable, questions, wordAt } from './suggestions';

/**
 * What a composer works on.
 */
export interface IComposerProps {
  readonly model: AssistantModel;

  /**
   * The files beside the notebook, by path.
   */
  files(): Promise<readonly string[]>;
  goTo(cellId: string): void;
  readonly trans: TranslationBundle;
}

/**
 * The composer.
 */
export function Composer(props: IComposerProps): React.ReactElement {
  const { model, trans } = props;
  const [isSentOpen, setSentOpen] = React.useState(false);
  const [arePromptsOpen, setPromptsOpen] = React.useState(false);
  const isRunning = model.running !== null;
  const isAble = modelOf(model.ai.providers, model.choice) !== null;
  return (
    <form
      className="jp-Anode-composer"
      onSubmit={event => {
        event.preventDefault();
        void (isRunning ? model.stop() : model.send());
      }}
    >
      {isSentOpen && (
        <SentList manifest={model.manifest} goTo={props.goTo} trans={trans} />
      )}
      {arePromptsOpen && (
        <PromptList
          prompts={model.prompts}
          draft={model.draft}
          use={text => {
            model.draft = text;
          }}
          close={() => setPromptsOpen(false)}
          trans={trans}
        />
      )}
      {model.problem !== '' && (
        <p className="jp-Anode-composer-problem" role="alert">
          {model.problem}
        </p>
      )}
      <Mentions {...props} />
      <Draft {...props} />
      <div className="jp-Anode-composer-row">
        <ModePicker model={model} trans={trans} />
        <ModelPicker
          providers={model.ai.providers}
          choice={model.choice}
          choose={choice => {
            model.choice = choice;
          }}
          trans={trans}
        />
        <ContextMeter
          manifest={model.manifest}
          isOpen={isSentOpen}
          toggle={() => {
            setSentOpen(!isSentOpen);
            void model.weigh();
          }}
          trans={trans}
        />
        <button
          type="button"
          className="jp-Anode-iconButton"
          title={trans.__('Saved questions')}
          aria-label={trans.__('Saved questions')}
          aria-expanded={arePromptsOpen}
          onClick={() => setPromptsOpen(!arePromptsOpen)}
        >
          <listIcon.react tag="span" elementSize="normal" />
        </button>
        <button
          className={`jp-mod-styled ${isRunning ? 'jp-mod-warn' : 'jp-mod-accept'} jp-Anode-composer-send`}
          disabled={!isRunning && (!isAble || model.draft.trim() === '')}
        >
          {isRunning ? trans.__('Stop') : trans.__('Send')}
        </button>
      </div>
    </form>
  );
}

function Mentions(props: IComposerProps): React.ReactElement | null {
  const { model, trans } = props;
  const { mentions } = model;
  if (mentions.length === 0) {
    return null;
  }
  return (
    <ul className="jp-Anode-mentions" aria-label={trans.__('Mentioned')}>
      {mentions.map((mention, index) => {
        const name = nameOf(mention, props);
        return (
          <li key={index}>
            <span title={name}>{name}</span>
            <button
              type="button"
              aria-label={trans.__('Do not mention %1', name)}
              onClick={() => {
                model.mentions = mentions.filter(one => one !== mention);
              }}
            >
              <closeIcon.react tag="span" elementSize="small" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function nameOf(mention: Mention, { model, trans }: IComposerProps): string {
  if ('path' in mention) {
    return mention.path;
  }
  const cells = model.panel?.content.model?.sharedModel.cells ?? [];
  const index = cells.findIndex(({ id }) => id === mention.cell_id);
  const line = lineOf(cells[index]?.getSource() ?? '');
  return trans.__('Cell %1: %2', index + 1, line);
}

function ModePicker(props: {
  readonly model: AssistantModel;
  readonly trans: TranslationBundle;
}): React.ReactElement {
  const { model, trans } = props;
  const words: [AiMode, string, string][] = [
    ['ask', trans.__('Ask'), trans.__('Reads only; everything else is asked')],
    ['edit', trans.__('Edit'), trans.__('Edits are shown for review')],
    ['agent', trans.__('Agent'), trans.__('Edits apply; running is asked')],
    ['auto', trans.__('Auto'), trans.__('Nothing is asked')]
  ];
  const most = words.findIndex(([mode]) => mode === model.ai.maxMode);
  const there = words.slice(0, Math.max(0, most) + 1);
  return (
    <select
      className="jp-Anode-picker"
      data-mode={model.mode}
      aria-label={trans.__('What the assistant may do')}
      title={there.find(([mode]) => mode === model.mode)?.[2] ?? ''}
      value={model.mode}
      onChange={event => {
        model.mode = event.target.value as AiMode;
      }}
    >
      {there.map(([mode, word, meaning]) => (
        <option key={mode} value={mode} title={meaning}>
          {word}
        </option>
      ))}
    </select>
  );
}

/**
 * The field and the list of suggestions. Enter sends, Shift-Enter begins a line.
 */
function Draft(props: IComposerProps): React.ReactElement {
  const { model, trans } = props;
  const field = React.useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = React.useState(0);
  const [chosen, setChosen] = React.useState(0);
  const [isListOff, setListOff] = React.useState(false);
  const [files, setFiles] = React.useState<readonly string[]>([]);
  const word = isListOff ? null : wordAt(model.draft, caret);
  const shared = model.panel?.content.model?.sharedModel ?? null;
  const active = model.panel?.content.activeCell?.model.id ?? null;
  const list: ISuggestion[] =
    word === null
      ? []
      : word.sign === '@'
        ? mentionable(word.word, shared, files, trans)
        : [
            ...kept(word.word, model.prompts.all, trans),
            ...questions(word.word, active, trans)
          ];
  const at = Math.min(chosen, Math.max(0, list.length - 1));
  const take = (suggestion: ISuggestion): void => {
    if (word === null) {
      return;
    }
    const { draft } = model;
    const before = draft.slice(0, word.start) + suggestion.text;
    model.draft = before + draft.slice(caret);
    const { mention } = suggestion;
    if (mention) {
      const same = JSON.stringify(mention);
      const others = model.mentions.filter(one => JSON.stringify(one) !== same);
      model.mentions = [...others, mention];
    }
    setCaret(before.length);
    setChosen(0);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(before.length, before.length);
    });
  };
  const onKey = (event: React.KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) {
      return;
    }
    const suggestion = list[at];
    if (suggestion && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      const step = event.key === 'ArrowDown' ? 1 : list.length - 1;
      setChosen((at + step) % list.length);
    } else if (suggestion && (event.key === 'Enter' || event.key === 'Tab')) {
      take(suggestion);
    } else if (suggestion && event.key === 'Escape') {
      setListOff(true);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      void model.send();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="jp-Anode-draft">
      {list.length > 0 && (
        <ul
          id="jp-anode-suggestions"
          className="jp-Anode-suggestions"
          role="listbox"
          aria-label={trans.__('Suggestions')}
        >
          {list.map((one, index) => (
            <li
              key={one.key}
              id={`jp-anode-suggestion-${index}`}
              role="option"
              aria-selected={index === at}
              onMouseDown={event => {
                event.preventDefault();
                take(one);
              }}
            >
              <span>{one.label}</span> <small>{one.note}</small>
            </li>
          ))}
        </ul>
      )}
      <textarea
        ref={field}
        className="jp-mod-styled"
        rows={3}
        placeholder={trans.__(
          'Ask about this notebook. @ names a cell or file, / lists questions.'
        )}
        aria-label={trans.__('Question')}
        aria-autocomplete="list"
        aria-controls={list.length > 0 ? 'jp-anode-suggestions' : undefined}
        aria-activedescendant={
          list.length > 0 ? `jp-anode-suggestion-${at}` : undefined
        }
        value={model.draft}
        onChange={event => {
          model.draft = event.target.value;
          setCaret(event.target.selectionStart);
          setListOff(false);
        }}
        onSelect={event => setCaret(event.currentTarget.selectionStart)}
        onFocus={() => {
          void model.weigh();
          void props.files().then(setFiles);
        }}
        onKeyDown={onKey}
      />
    </div>
  );
}
