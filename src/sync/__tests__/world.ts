// A provider, its room and its host, for the tests of the provider.

import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import type { IProviderHost, Phase } from '../host';
import { Provider } from '../provider';
import { ManualTimers, Room, settled } from './simulation';

/**
 * Notes what the provider tells.
 */
export class Host implements IProviderHost {
  isSlow = false;
  isWatched = true;
  phases: Phase[] = [];
  doubts: boolean[] = [];
  lineages: (string | null)[] = [];
  denied: string[] = [];
  refused: number[] = [];
  otherLineages = 0;
  remoteChanges = 0;
  synced = 0;
  answer: string | null | Error = 'ws://room';

  address(lineage: string | null, doubt: boolean): Promise<string | null> {
    this.lineages.push(lineage);
    this.doubts.push(doubt);
    return this.answer instanceof Error
      ? Promise.reject(this.answer)
      : Promise.resolve(this.answer);
  }

  onPhase(phase: Phase): void {
    this.phases.push(phase);
  }

  onRefused(code: number): void {
    this.refused.push(code);
  }

  onHello(): void {}

  onSynced(): void {
    this.synced++;
  }

  onProgress(): void {}

  onRemoteChange(): void {
    this.remoteChanges++;
  }

  onEvents(): void {}

  onState(): void {}
  onStream(): void {}

  onNotice(): void {}

  onDenied(code: string): void {
    this.denied.push(code);
  }

  onOtherLineage(): void {
    this.otherLineages++;
  }
}

/**
 * A provider that is not connected yet.
 */
export function setup() {
  const room = new Room();
  const timers = new ManualTimers();
  const doc = new Y.Doc();
  const awareness = new Awareness(new Y.Doc());
  const host = new Host();
  const { openSocket } = room;
  const isWatched = () => host.isWatched;
  const options = { doc, awareness, timers, openSocket, isWatched };
  const provider = new Provider(options, host);
  const text = doc.getText('text');
  cleanups.push(() => {
    provider.dispose();
    awareness.destroy();
  });
  return { room, timers, doc, text, host, provider, awareness };
}

const cleanups: (() => void)[] = [];

afterEach(() => {
  cleanups.splice(0).forEach(cleanup => cleanup());
});

/**
 * A provider whose room holds "server ", connected.
 */
export async function live() {
  const world = setup();
  world.room.doc.getText('text').insert(0, 'server ');
  world.provider.connect();
  await settled();
  return world;
}
