// What stands above a notebook whose file does not follow it, for as long as that is true.

import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon, ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import type { ConnectionFollower } from '../sync/follow';
import type { INotebookConnection } from '../tokens';
import { Prose } from '../ui/prose';
import type { Answer, ITrouble } from './troubles';
import { mergeOf, troubleOf } from './troubles';
import type { PanelVersions } from './versionbar';

/**
 * Carries an answer out.
 */
export type Answering = (
  answer: Answer,
  connection: INotebookConnection
) => void;

/**
 * The banner of one notebook panel; it takes no room while all is well.
 */
export class FileBanner extends ReactWidget {
  constructor(
    private readonly _follower: ConnectionFollower,
    private readonly _versions: PanelVersions,
    private readonly _answer: Answering,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Anode-banner');
    this.node.setAttribute('role', 'status');
    _follower.changed.connect(this._onConnection, this);
    _versions.changed.connect(this._onConditions, this);
    this._listen();
  }

  override dispose(): void {
    this._follower.dispose();
    super.dispose();
  }

  protected override render(): React.ReactElement | null {
    const trouble = this._shown;
    const { connection } = this._follower;
    if (!trouble || !connection) {
      return null;
    }
    return (
      <div
        className="jp-Anode-banner-body"
        data-wrong={trouble.isWrong}
        ref={this._measure}
      >
        <div className="jp-Anode-banner-text">
          <strong>
            <Prose text={trouble.what} />
          </strong>{' '}
          <Prose text={trouble.advice} />
        </div>
        <div className="jp-Anode-banner-answers">
          {trouble.answers.map((answer, index) => (
            <button
              key={answer}
              className={`jp-mod-styled ${index === 0 ? 'jp-mod-accept' : 'jp-mod-reject'}`}
              onClick={() => this._answer(answer, connection)}
            >
              {label(answer, this._trans)}
            </button>
          ))}
          <button
            className="jp-Anode-banner-close jp-mod-styled jp-mod-minimal"
            title={this._trans.__('Hide')}
            aria-label={this._trans.__('Hide')}
            onClick={() => this._hideIt(trouble)}
          >
            <closeIcon.react tag="span" />
          </button>
        </div>
      </div>
    );
  }

  protected override onUpdateRequest(msg: Message): void {
    this.setHidden(this._shown === null);
    super.onUpdateRequest(msg);
  }

  private get _shown(): ITrouble | null {
    const { connection } = this._follower;
    if (!connection) {
      return null;
    }
    const { conditions, path, role } = connection;
    const mayWrite = role !== 'reader';
    const { length } = this._versions.ofBranches;
    const trouble =
      troubleOf(conditions, path, mayWrite, this._trans) ??
      mergeOf(conditions, path, length, mayWrite, this._trans);
    return trouble?.key === this._hidden ? null : trouble;
  }

  private _hideIt(trouble: ITrouble): void {
    this._hidden = trouble.key;
    this.update();
  }

  private _onConnection(_: unknown, old: INotebookConnection | null): void {
    old?.conditionsChanged.disconnect(this._onConditions, this);
    this._listen();
    this.update();
  }

  private _listen(): void {
    const { connection } = this._follower;
    connection?.conditionsChanged.connect(this._onConditions, this);
    this.update();
  }

  private _onConditions(): void {
    this.update();
  }

  /**
   * A panel gives its header the least height that it asks for; how much that is depends on how
   * the text breaks.
   */
  private readonly _measure = (body: HTMLElement | null): void => {
    this._observer?.disconnect();
    this._observer = null;
    if (body) {
      this._observer = new ResizeObserver(() => {
        const height = `${body.offsetHeight}px`;
        if (this.node.style.minHeight !== height && this.parent) {
          this.node.style.minHeight = height;
          MessageLoop.postMessage(this.parent, Widget.Msg.FitRequest);
        }
      });
      this._observer.observe(body);
    }
  };

  private _hidden: string | null = null;
  private _observer: ResizeObserver | null = null;
}

function label(answer: Answer, trans: TranslationBundle): string {
  switch (answer) {
    case 'save-again':
      return trans.__('Save again');
    case 'save-as':
      return trans.__('Save as…');
    case 'open-as-text':
      return trans.__('Open as text');
    case 'reload':
      return trans.__('Reload the file');
    case 'overwrite':
      return trans.__('Overwrite the file');
    case 'next-version':
      return trans.__('Next choice');
    case 'save':
      return trans.__('Save');
  }
}
