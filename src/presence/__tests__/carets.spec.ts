import { Awareness } from 'y-protocols/awareness';
import {
  applyAwarenessUpdate,
  encodeAwarenessUpdate
} from 'y-protocols/awareness';
import * as Y from 'yjs';

import type { ICaret } from '../carets';
import { Carets } from '../carets';
import { selectionIn } from '../place';

/**
 * Ada looks on while Grace, in a document of her own, moves about. Text and presence go from Grace to
 * Ada when the test says so.
 */
class World {
  readonly ada = new Y.Doc();
  readonly grace = new Y.Doc();
  readonly adas = new Awareness(this.ada);
  readonly graces = new Awareness(this.grace);
  readonly carets = new Carets(this.adas, then => {
    this._due.push(then);
    return { isDisposed: false, dispose: () => undefined };
  });
  seen: readonly ICaret[] = [];
  told = 0;

  constructor() {
    const user = (username: string) => ({ username, name: username });
    this.adas.setLocalState({ user: user('ada') });
    this.graces.setLocalState({ user: user('grace') });
    this.text.insert(0, 'hello world');
    this.sendText();
    this.carets.watch(
      () => this.ada.getText('one'),
      carets => {
        this.seen = carets;
        this.told++;
      }
    );
    this.frame();
  }

  /**
   * Grace's text.
   */
  get text(): Y.Text {
    return this.grace.getText('one');
  }

  sendText(): void {
    Y.applyUpdate(this.ada, Y.encodeStateAsUpdate(this.grace));
    Y.applyUpdate(this.grace, Y.encodeStateAsUpdate(this.ada));
    this.carets.touch();
  }

  sendPresence(): void {
    const { graces, adas } = this;
    const update = encodeAwarenessUpdate(graces, [graces.clientID]);
    applyAwarenessUpdate(adas, update, 'test');
  }

  select(anchor: number, head: number, text = this.text): void {
    this.graces.setLocalStateField('cursors', [
      selectionIn(text, anchor, head)
    ]);
  }

  frame(): void {
    for (const then of this._due.splice(0)) {
      then();
    }
  }

  /**
   * Where Grace is, as Ada sees it.
   */
  get ends(): (readonly [number, number])[] {
    this.frame();
    return this.seen.map(({ anchor, head }) => [anchor, head] as const);
  }

  dispose(): void {
    this.adas.destroy();
    this.graces.destroy();
  }

  private readonly _due: (() => void)[] = [];
}

describe('Carets', () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  afterEach(() => {
    world.dispose();
  });

  it('shows where somebody is, with their name', () => {
    world.select(2, 5);
    world.sendPresence();
    expect(world.ends).toEqual([[2, 5]]);
    expect(world.seen[0]?.person.name).toBe('grace');
    expect(world.seen[0]?.isSelf).toBe(false);
  });

  it('keeps its place in the text while others write', () => {
    world.select(6, 6);
    world.sendPresence();
    world.ada.getText('one').insert(0, 'oh, ');
    world.carets.touch();
    expect(world.ends).toEqual([[10, 10]]);
    // Right at the caret: it stays behind what it followed, as in Grace's editor.
    world.ada.getText('one').insert(10, 'dear ');
    world.carets.touch();
    expect(world.ends).toEqual([[10, 10]]);
  });

  it('does not let a selection grow at its ends', () => {
    world.select(5, 0);
    world.sendPresence();
    const text = world.ada.getText('one');
    text.insert(5, '!');
    text.insert(0, '>');
    world.carets.touch();
    expect(world.ends).toEqual([[6, 1]]);
  });

  it('waits for text that comes after the caret in it', () => {
    world.select(11, 11);
    world.sendPresence();
    expect(world.ends).toEqual([[11, 11]]);
    world.text.insert(11, '!?');
    world.select(13, 13);
    world.sendPresence();
    expect(world.ends).toEqual([[11, 11]]);
    world.sendText();
    expect(world.ends).toEqual([[13, 13]]);
  });

  it('counts the moves of the person, not those of the text', () => {
    world.select(6, 6);
    world.sendPresence();
    world.frame();
    const before = world.seen[0]?.moves;
    world.ada.getText('one').insert(0, 'x');
    world.carets.touch();
    world.frame();
    expect(world.seen[0]?.moves).toBe(before);
    world.select(7, 7);
    world.sendPresence();
    world.frame();
    expect(world.seen[0]?.moves).toBe(before! + 1);
  });

  it('tells nobody of what is in another text', () => {
    const { told } = world;
    world.select(0, 0, world.grace.getText('two'));
    world.sendPresence();
    expect(world.ends).toEqual([]);
    expect(world.told).toBe(told);
  });

  it('looks once however many moves come between two pictures', () => {
    const { told } = world;
    for (let at = 0; at < 11; at++) {
      world.select(at, at);
      world.sendPresence();
    }
    expect(world.ends).toEqual([[10, 10]]);
    expect(world.told).toBe(told + 1);
  });

  it('forgets who is gone', () => {
    world.select(2, 2);
    world.sendPresence();
    expect(world.ends).toHaveLength(1);
    world.graces.setLocalState(null);
    world.sendPresence();
    expect(world.ends).toEqual([]);
  });

  it("shows one's own other window as such", () => {
    world.graces.setLocalStateField('user', { username: 'ada', name: 'Ada' });
    world.select(2, 2);
    world.sendPresence();
    world.frame();
    expect(world.seen[0]?.isSelf).toBe(true);
  });

  it('understands the other form in use', () => {
    const { anchor, head } = selectionIn(world.text, 3, 4);
    world.graces.setLocalStateField('cursor', { anchor, head });
    world.sendPresence();
    expect(world.ends).toEqual([[3, 4]]);
  });

  it.each([
    [7],
    [[null, 7, 'x', {}, { anchor: null, head: null }]],
    [[{ anchor: { tname: 'made up' }, head: { tname: 'made up' } }]],
    [[{ anchor: { item: {} }, head: { item: { client: 1, clock: -1 } } }]],
    [
      [
        {
          anchor: { item: { client: 1e300, clock: 0 } },
          head: { item: { client: 'x', clock: null } }
        }
      ]
    ]
  ])('passes over %j', cursors => {
    world.graces.setLocalStateField('cursors', cursors);
    world.sendPresence();
    expect(world.ends).toEqual([]);
    expect([...world.ada.share.keys()]).toEqual(['one']);
  });

  it('passes over a place inside what is no text', () => {
    const map = world.grace.getMap<Y.Text>('cells');
    map.set('a', new Y.Text('abc'));
    world.sendText();
    const item = { client: world.grace.clientID, clock: 11 };
    const place = { type: null, tname: null, item, assoc: 0 };
    world.graces.setLocalStateField('cursors', [
      { anchor: place, head: place }
    ]);
    world.sendPresence();
    expect(world.ends).toEqual([]);
  });

  it('takes no more selections than can be looked at', () => {
    const one = selectionIn(world.text, 1, 2, false);
    world.graces.setLocalStateField('cursors', Array(5_000).fill(one));
    world.sendPresence();
    expect(world.ends).toHaveLength(16);
  });
});
