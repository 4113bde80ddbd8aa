// A browser that keeps copies, for tests.

import { deserialize, serialize } from 'node:v8';

import { IDBFactory } from 'fake-indexeddb';
import * as Y from 'yjs';

import type { CopyPolicy, IStoredCopy } from '../copystore';
import { CopyStore } from '../copystore';
import type { CopyFacts } from '../localcopy';
import { LocalCopy } from '../localcopy';
import { ManualTimers } from './simulation';

// The simulated browser of the tests cannot clone values.
globalThis.structuredClone ??= <T>(value: T): T => {
  const copy: unknown = deserialize(serialize(value));
  return revived(copy) as T;
};

/**
 * Bytes come back as those of another realm.
 */
function revived(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    return new Uint8Array(
      buffer as ArrayBuffer,
      byteOffset,
      byteLength
    ).slice();
  }
  if (Array.isArray(value)) {
    return value.map(revived);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, revived(one)])
    );
  }
  return value;
}

/**
 * A browser: its databases, and what is true of its only page.
 */
export class Browser {
  readonly timers = new ManualTimers();
  factory: IDBFactory | null = new IDBFactory();
  user: string | null = 'ada';
  policy: CopyPolicy = 'reload';
  tabs: ReadonlySet<string> | null = null;
  mostBytes = 1_000_000;

  /**
   * What a page of it opens.
   */
  store(tab = 'tab'): CopyStore {
    return new CopyStore({
      factory: this.factory,
      name: 'anode:/',
      tab,
      timers: this.timers,
      user: () => Promise.resolve(this.user),
      policy: () => Promise.resolve(this.policy),
      openTabs: () => Promise.resolve(this.tabs),
      mostBytes: this.mostBytes
    });
  }

  /**
   * A document that is kept, and what comes from its server under the origin `remote`.
   */
  async keep(
    store: CopyStore,
    facts: Partial<CopyFacts> = {},
    stored: IStoredCopy | null = null
  ): Promise<Kept> {
    const kept = new Kept(this, store, facts);
    if (stored) {
      stored.known.forEach(one =>
        Y.applyUpdate(kept.doc, one, 'anode:restored')
      );
      stored.pending.forEach(({ update }) =>
        Y.applyUpdate(kept.doc, update, 'anode:restored-own')
      );
    }
    await kept.copy.begin(kept.doc, stored);
    return kept;
  }
}

/**
 * A document with its copy.
 */
export class Kept {
  constructor(
    browser: Browser,
    readonly store: CopyStore,
    facts: Partial<CopyFacts>
  ) {
    this.facts = {
      id: 'notebook',
      lineage: 'first',
      path: 'n.ipynb',
      role: 'owner',
      seq: 1,
      file: null,
      ...facts
    };
    this.copy = new LocalCopy({
      store,
      timers: browser.timers,
      remote: 'remote',
      facts: () => this.facts,
      changed: () => {
        this.told.push(this.copy.isKept);
      }
    });
  }

  facts: CopyFacts;
  readonly doc = new Y.Doc();
  readonly copy: LocalCopy;
  readonly told: boolean[] = [];

  get text(): Y.Text {
    return this.doc.getText('text');
  }

  /**
   * The server sends a text.
   */
  receive(words: string): void {
    this.doc.transact(() => {
      this.text.insert(this.text.length, words);
    }, 'remote');
  }

  /**
   * The person types.
   */
  type(words: string): void {
    this.text.insert(this.text.length, words);
  }

  /**
   * What the database holds of it.
   */
  async stored(): Promise<IStoredCopy | null> {
    await this.copy.write();
    return this.store.forDocument(this.facts.id, this.facts.lineage);
  }
}

/**
 * The text of a copy: all of it, and without what is pending.
 */
export function texts(copy: IStoredCopy | null): [string, string] {
  const doc = new Y.Doc();
  copy?.known.forEach(update => Y.applyUpdate(doc, update));
  const known = doc.getText('text').toJSON();
  copy?.pending.forEach(({ update }) => Y.applyUpdate(doc, update));
  return [doc.getText('text').toJSON(), known];
}
