// How the kernel of the current notebook is and was, and its care, in one side panel.

import type { TranslationBundle } from '@jupyterlab/translation';
import { kernelIcon, ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import { Poll } from '@lumino/polling';
import * as React from 'react';

import type { INotebookConnection } from '../tokens';
import { lasting } from './amounts';
import { CommandIDs, report } from './commands';
import type { CurrentRuntime } from './currentruntime';
import { EnvironmentForm } from './environmentform';
import { Gauges } from './gauges';
import type { IRuntimeView, RuntimeModel } from './model';
import { QueueList } from './queuelist';
import { SessionList } from './sessionlist';
import { VariableList } from './variablelist';
import { stateMeaning, stateWord } from './words';

/**
 * How often what it says about times is made true again.
 */
const SECOND_MS = 1_000;

/**
 * What a button of the panel does: a command, and its word.
 */
interface IAction {
  readonly command: string;
  readonly label: string;
}

/**
 * The panel.
 */
export class RuntimePanel extends ReactWidget {
  constructor(
    private readonly _current: CurrentRuntime,
    private readonly _commands: CommandRegistry,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.id = 'anode-runtime';
    this.addClass('jp-Anode-runtimePanel');
    this.title.icon = kernelIcon;
    this.title.caption = _trans.__('Runtime');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', _trans.__('Runtime'));
    _current.changed.connect(this._refresh, this);
    _commands.commandChanged.connect(this._refresh, this);
  }

  override dispose(): void {
    this._ageing?.dispose();
    super.dispose();
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._watch(true);
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._watch(false);
  }

  protected override onBeforeDetach(msg: Message): void {
    this._watch(false);
    super.onBeforeDetach(msg);
  }

  protected override render(): React.ReactElement {
    const trans = this._trans;
    const { model, panel, connection } = this._current;
    if (!model || !panel) {
      return (
        <p className="jp-Anode-runtimePanel-empty">
          {trans.__('Open a notebook to see how its kernel is.')}
        </p>
      );
    }
    return (
      <>
        <header className="jp-Anode-runtimePanel-head">
          <h2 title={panel.context.path}>{panel.title.label}</h2>
          {this._state(model)}
          {this._actions(model.view, connection)}
        </header>
        {connection ? (
          this._sections(model, connection)
        ) : (
          <p className="jp-Anode-runtimePanel-empty">
            {trans.__(
              'JupyterLab itself runs this notebook: more is not known of its kernel.'
            )}
          </p>
        )}
      </>
    );
  }

  private _state({ view, connection }: RuntimeModel): React.ReactElement {
    const trans = this._trans;
    const session = connection?.runs.session ?? null;
    const since =
      session && session.endedAt === null
        ? trans.__(
            'up %1',
            lasting(Date.now() - Date.parse(session.startedAt), trans)
          )
        : '';
    const name = view.kernel === '' ? trans.__('No kernel') : view.kernel;
    const parts = [view.kernel === '' ? '' : stateWord(view, trans), since];
    return (
      <>
        <div className="jp-Anode-runtimePanel-state" data-kind={view.kind}>
          <span className="jp-Anode-runtime-dot" aria-hidden="true" />
          <strong>{name}</strong>
          <span>{parts.filter(part => part !== '').join(' · ')}</span>
        </div>
        <p className="jp-Anode-runtimePanel-note" role="status">
          {stateMeaning({ ...view, queued: 0 }, trans)}
        </p>
      </>
    );
  }

  private _actions(
    { kind }: IRuntimeView,
    connection: INotebookConnection | null
  ): React.ReactElement {
    const trans = this._trans;
    const mayExecute = connection === null || mayRun(connection);
    const actions: IAction[] =
      kind === 'none' || kind === 'terminated'
        ? [{ command: CommandIDs.start, label: trans.__('Start') }]
        : [
            {
              command: 'notebook:interrupt-kernel',
              label: trans.__('Interrupt')
            },
            { command: 'notebook:restart-kernel', label: trans.__('Restart…') },
            { command: CommandIDs.replace, label: trans.__('Replace…') },
            { command: 'notebook:shutdown-kernel', label: trans.__('Stop') }
          ];
    return (
      <div
        className="jp-Anode-runtimePanel-actions"
        role="group"
        aria-label={trans.__('Care of the kernel')}
      >
        {actions
          .filter(({ command }) => this._commands.hasCommand(command))
          .map(({ command, label }) => (
            <button
              key={command}
              className="jp-mod-styled jp-mod-minimal"
              title={
                mayExecute
                  ? this._commands.caption(command)
                  : trans.__('You may read this notebook, but not run it.')
              }
              disabled={!mayExecute || !this._commands.isEnabled(command)}
              onClick={() => void this._commands.execute(command).catch(report)}
            >
              {label}
            </button>
          ))}
      </div>
    );
  }

  private _sections(
    model: RuntimeModel,
    connection: INotebookConnection
  ): React.ReactElement {
    const trans = this._trans;
    const { runs } = connection;
    const now = Date.now();
    const isLiving = runs.session !== null && runs.session.endedAt === null;
    return (
      <>
        {isLiving && (
          <section aria-label={trans.__('Use of the machine')}>
            <Gauges
              usage={this._current.usage}
              isUnanswered={this._current.isUnanswered}
              trans={trans}
            />
          </section>
        )}
        <section>
          <h3>
            {runs.queue.length === 0
              ? trans.__('Queue')
              : trans.__('Queue · %1', runs.queue.length)}
          </h3>
          <QueueList
            home={{
              runs,
              mayExecute: mayRun(connection),
              lineOf: cellId => this._lineOf(cellId),
              goTo: cellId => this._goTo(cellId),
              report
            }}
            now={now}
            trans={trans}
          />
        </section>
        {isLiving && (
          <VariableList variables={this._current.variables} trans={trans} />
        )}
        <EnvironmentForm
          key={connection.notebookId}
          notebookId={connection.notebookId}
          source={this._current.source}
          mayChange={mayRun(connection)}
          isRunning={isLiving}
          trans={trans}
        />
        {runs.sessions.length > 0 && (
          <section>
            <h3>{trans.__('Sessions')}</h3>
            <SessionList
              sessions={runs.sessions}
              nameOf={name => model.nameOf(name)}
              now={now}
              trans={trans}
            />
          </section>
        )}
      </>
    );
  }

  private _lineOf(cellId: string): string {
    const { cells } = this._current.panel?.context.model.sharedModel ?? {};
    const cell = cells?.find(({ id }) => id === cellId);
    const lines = cell?.getSource().split('\n') ?? [];
    return lines.find(line => line.trim() !== '')?.trim() ?? '';
  }

  private _goTo(cellId: string): void {
    const { panel } = this._current;
    const index = panel?.content.widgets.findIndex(
      ({ model }) => model.id === cellId
    );
    if (panel && index !== undefined && index >= 0) {
      panel.content.activeCellIndex = index;
      void panel.content.scrollToItem(index);
      panel.content.activate();
    }
  }

  private _watch(isWatched: boolean): void {
    this._current.isWatched = isWatched;
    if (isWatched) {
      this._ageing ??= new Poll({
        factory: () => {
          this.update();
          return Promise.resolve();
        },
        frequency: { interval: SECOND_MS, backoff: false },
        standby: () => !this.isVisible || document.hidden
      });
      this.update();
    }
  }

  private _refresh(): void {
    if (this.isVisible) {
      this.update();
    }
  }

  private _ageing: Poll | null = null;
}

/**
 * Whether this person may run code in a notebook.
 */
function mayRun({ role }: INotebookConnection): boolean {
  return role === 'runner' || role === 'owner';
}
