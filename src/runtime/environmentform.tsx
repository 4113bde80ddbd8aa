// The variables of the environment that the notebook's kernels start with, to be seen and changed.

import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IEnvironmentVariable } from '../api/usage';
import type { IUsageSource } from './currentruntime';

/**
 * A line of the form.
 */
interface ILine extends IEnvironmentVariable {
  readonly key: number;
}

/**
 * The section of the panel. It is closed until somebody wants it.
 */
export function EnvironmentForm(props: {
  notebookId: string;
  source: IUsageSource;
  mayChange: boolean;
  isRunning: boolean;
  trans: TranslationBundle;
}): React.ReactElement {
  const { notebookId, source, mayChange, isRunning, trans } = props;
  const [lines, setLines] = React.useState<readonly ILine[] | null>(null);
  const [note, setNote] = React.useState('');
  const [isChanged, setChanged] = React.useState(false);
  const next = React.useRef(0);
  const take = (variables: readonly IEnvironmentVariable[]): void => {
    setLines(
      variables.map(variable => ({ ...variable, key: (next.current += 1) }))
    );
    setChanged(false);
  };
  const tell = (error: unknown): void => {
    setNote(error instanceof Error ? error.message : String(error));
  };
  const change = (changed: readonly ILine[]): void => {
    setLines(changed);
    setChanged(true);
    setNote('');
  };
  const save = async (): Promise<void> => {
    const wanted = (lines ?? []).map(({ name, value, secret }) => ({
      name,
      value,
      secret
    }));
    take(await source.setEnvironment(notebookId, wanted));
    setNote(
      isRunning
        ? trans.__('Saved. It applies when the kernel is restarted.')
        : trans.__('Saved.')
    );
  };
  return (
    <section>
      <details
        onToggle={event => {
          if (event.currentTarget.open && lines === null) {
            source.environment(notebookId).then(take, tell);
          }
        }}
      >
        <summary>{trans.__('Environment variables')}</summary>
        <p className="jp-Anode-runtimePanel-note">
          {trans.__(
            'They are kept on the server and not in the file, and apply when a kernel starts. Secret values are not shown again, and are taken out of outputs.'
          )}
        </p>
        <form
          onSubmit={event => {
            event.preventDefault();
            save().catch(tell);
          }}
        >
          {(lines ?? []).map(line => (
            <Line
              key={line.key}
              line={line}
              mayChange={mayChange}
              trans={trans}
              onChange={changed => {
                change((lines ?? []).map(o => (o === line ? changed : o)));
              }}
              onRemove={() => {
                change((lines ?? []).filter(other => other !== line));
              }}
            />
          ))}
          {mayChange && lines !== null && (
            <div className="jp-Anode-runtimePanel-actions">
              <button
                type="button"
                className="jp-mod-styled jp-mod-minimal"
                onClick={() => {
                  const key = (next.current += 1);
                  change([
                    ...lines,
                    { key, name: '', value: '', secret: false }
                  ]);
                }}
              >
                {trans.__('Add')}
              </button>
              <button
                type="submit"
                className="jp-mod-styled jp-mod-accept"
                disabled={!isChanged}
              >
                {trans.__('Save')}
              </button>
            </div>
          )}
        </form>
        <p className="jp-Anode-runtimePanel-note" role="status">
          {note}
        </p>
      </details>
    </section>
  );
}

function Line(props: {
  line: ILine;
  mayChange: boolean;
  trans: TranslationBundle;
  onChange: (line: ILine) => void;
  onRemove: () => void;
}): React.ReactElement {
  const { line, mayChange, trans, onChange, onRemove } = props;
  return (
    <fieldset className="jp-Anode-environment" disabled={!mayChange}>
      <input
        className="jp-mod-styled"
        required
        pattern="[A-Za-z_][A-Za-z0-9_]*"
        placeholder={trans.__('NAME')}
        aria-label={trans.__('Name')}
        value={line.name}
        onChange={event => onChange({ ...line, name: event.target.value })}
      />
      <input
        className="jp-mod-styled"
        type={line.secret ? 'password' : 'text'}
        autoComplete="off"
        placeholder={line.value === null ? '••••••••' : trans.__('Value')}
        aria-label={trans.__('Value of %1', line.name)}
        value={line.value ?? ''}
        onChange={event => onChange({ ...line, value: event.target.value })}
      />
      <label>
        <input
          type="checkbox"
          checked={line.secret}
          onChange={event =>
            onChange({
              ...line,
              secret: event.target.checked,
              value: event.target.checked ? line.value : (line.value ?? '')
            })
          }
        />
        {trans.__('Secret')}
      </label>
      <button
        type="button"
        title={trans.__('Remove')}
        aria-label={trans.__('Remove %1', line.name)}
        onClick={onRemove}
      >
        <closeIcon.react tag="span" width="16px" />
      </button>
    </fieldset>
  );
}
