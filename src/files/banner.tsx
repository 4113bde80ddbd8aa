// What stands above a document whose file does not follow it, for as long as that is true.

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ConnectionFollower } from '../sync/follow';
import type { INotebookConnection } from '../tokens';
import type { IBannerContent } from '../ui/banner';
import { Banner } from '../ui/banner';
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
 * The banner of one panel; it takes no room while all is well.
 */
export class FileBanner extends Banner {
  /**
   * @param _versions - the choices in a notebook; null above a text file.
   */
  constructor(
    private readonly _follower: ConnectionFollower,
    private readonly _versions: PanelVersions | null,
    private readonly _answer: Answering,
    trans: TranslationBundle
  ) {
    super(trans);
    this.addClass('jp-Anode-banner');
    _follower.changed.connect(this._onConnection, this);
    _versions?.changed.connect(this._onConditions, this);
    this._listen();
  }

  override dispose(): void {
    this._follower.dispose();
    super.dispose();
  }

  protected content(): IBannerContent | null {
    const trouble = this._shown;
    const { connection } = this._follower;
    if (!trouble || !connection) {
      return null;
    }
    const isText = this._versions === null;
    return {
      what: <Prose text={trouble.what} />,
      advice: <Prose text={trouble.advice} />,
      isWrong: trouble.isWrong,
      answers: trouble.answers
        .filter(answer => !isText || answer !== 'open-as-text')
        .map(answer => ({
          label: label(answer, this._trans),
          act: () => this._answer(answer, connection)
        })),
      hideTitle: this._trans.__('Hide')
    };
  }

  protected hideIt(): void {
    this._hidden = this._shown?.key ?? null;
    this.update();
  }

  private get _shown(): ITrouble | null {
    const { connection } = this._follower;
    if (!connection) {
      return null;
    }
    const { conditions, path, role } = connection;
    const mayWrite = role !== 'reader';
    const choices = this._versions?.ofBranches.length ?? 0;
    const trouble =
      troubleOf(conditions, path, mayWrite, this._trans) ??
      mergeOf(conditions, path, choices, mayWrite, this._trans);
    return trouble?.key === this._hidden ? null : trouble;
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

  private _hidden: string | null = null;
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
