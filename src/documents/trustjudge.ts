// Decides with each change of outputs, and with each run that turns out to be one's own, what is trusted.

import * as Y from 'yjs';

import type { CellMap } from './celldata';
import type { CellList } from './celllist';
import { isOfOutputs } from './picture';
import type { Origin } from './runauthor';
import { areOwn, originOf } from './runauthor';
import type { Trust } from './trust';

/**
 * A cell lost its trust, for somebody else is about to change its outputs (told before they show).
 * Or it gained trust, for all its outputs are of own runs: told before they
 * show in the place of all that is there (`renewed`), or afterwards.
 */
export interface ITrustChange {
  readonly id: string;
  readonly kind: 'revoked' | 'renewed' | 'granted';
}

/**
 * Gives and takes the trust of one viewer in the cells of one notebook.
 */
export class TrustJudge {
  constructor(
    private readonly _trust: Trust,
    private readonly _tell: (change: ITrustChange) => void
  ) {}

  /**
   * Before anybody sees a transaction: outputs that somebody else writes are not trusted.
   */
  look(transaction: Y.Transaction, cells: CellList): void {
    const touched = new Set<CellMap>();
    transaction.changed.forEach((keys, type) => {
      const place = cells.locate(type);
      if (place && isOfOutputs(place.part, keys)) {
        touched.add(place.cell);
      }
    });
    for (const cell of touched) {
      const id = cell.get('id');
      if (typeof id === 'string' && transaction.local) {
        this._trust.touch(id);
      } else if (typeof id === 'string') {
        const origin = originOf(cell, this._trust, transaction);
        this._judge(id, origin, transaction.doc);
      }
    }
  }

  /**
   * More runs turned out to be own ones: their outputs may be there already.
   */
  review(cells: CellList): void {
    for (const entry of cells.shared) {
      const id = entry instanceof Y.Map ? (entry as CellMap).get('id') : null;
      if (
        typeof id === 'string' &&
        areOwn(entry as CellMap, this._trust) &&
        !this._trust.has(id)
      ) {
        this._trust.grant(id);
        this._tell({ id, kind: 'granted' });
      }
    }
  }

  /**
   * Somebody else, or the server, is about to change the outputs of a cell.
   */
  private _judge(id: string, origin: Origin, doc: Y.Doc): void {
    const wasTrusted = this._trust.has(id);
    if (origin === 'foreign') {
      if (this._trust.revoke(id)) {
        this._tell({ id, kind: 'revoked' });
      }
      return;
    }
    this._trust.grant(id);
    if (wasTrusted) {
      return;
    }
    if (origin === 'new') {
      this._tell({ id, kind: 'renewed' });
    } else {
      doc.once('afterTransaction', () => {
        this._tell({ id, kind: 'granted' });
      });
    }
  }
}
