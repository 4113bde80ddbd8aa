// Which models a person asked last, in which notebook: kept with the workspace of JupyterLab.

import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';

import type { IAiChoice } from '../tokens/ai';

/**
 * Notebooks whose choice is remembered; the oldest is forgotten.
 */
const KEPT = 100;

/**
 * The choices, the newest last.
 */
export class Choices {
  /**
   * @param _key - where in the state they are kept.
   */
  constructor(
    private readonly _states: IStateDB | null,
    private readonly _key: string
  ) {}

  /**
   * Take up what was kept.
   */
  async restore(): Promise<void> {
    const kept = await this._states?.fetch(this._key);
    for (const [id, choice] of entries(kept)) {
      if (!this._chosen.has(id)) {
        this._chosen.set(id, choice);
      }
    }
  }

  /**
   * The choice for a notebook, then those for others, the newest first.
   */
  of(notebookId: string): IAiChoice[] {
    const own = this._chosen.get(notebookId);
    const others = [...this._chosen.values()].reverse();
    return own ? [own, ...others] : others;
  }

  set(notebookId: string, choice: IAiChoice): void {
    this._chosen.delete(notebookId);
    this._chosen.set(notebookId, choice);
    const [oldest] = this._chosen.keys();
    if (this._chosen.size > KEPT && oldest !== undefined) {
      this._chosen.delete(oldest);
    }
    const kept = [...this._chosen].map(([id, { provider, model }]) => [
      id,
      provider,
      model
    ]);
    void this._states?.save(this._key, kept);
  }

  private readonly _chosen = new Map<string, IAiChoice>();
}

function entries(
  kept: ReadonlyPartialJSONValue | undefined
): [string, IAiChoice][] {
  const rows: unknown[] = Array.isArray(kept) ? kept : [];
  return rows.flatMap(row => {
    const [id, provider, model] = Array.isArray(row) ? (row as unknown[]) : [];
    return typeof id === 'string' &&
      typeof provider === 'string' &&
      typeof model === 'string'
      ? [[id, { provider, model }] as [string, IAiChoice]]
      : [];
  });
}
