import { Browser, texts } from './kept';

describe('LocalCopy', () => {
  it('keeps what came and what was typed, the latter one by one and in order', async () => {
    const browser = new Browser();
    const { kept } = await open(browser);
    kept.receive('server ');
    for (const word of ['one ', 'two ', 'three']) {
      kept.type(word);
    }
    const stored = await kept.stored();
    expect(texts(stored)).toEqual(['server one two three', 'server ']);
    expect(stored?.pending).toHaveLength(3);
    expect(kept.copy.isKept).toBe(true);
  });

  it('writes by itself, soon', async () => {
    const browser = new Browser();
    const { kept } = await open(browser);
    await kept.stored();
    kept.type('typed');
    await browser.timers.pass(100);
    await kept.copy.write();
    const page = browser.store();
    expect(texts(await page.forPath('n.ipynb'))[0]).toBe('typed');
  });

  it('knows what the server has by now', async () => {
    const browser = new Browser();
    const { kept } = await open(browser);
    kept.type('one ');
    await kept.stored();
    kept.type('two ');
    kept.copy.settle(1);
    expect(texts(await kept.stored())).toEqual(['one two ', 'one ']);
    kept.copy.settle(1);
    const stored = await kept.stored();
    expect(texts(stored)).toEqual(['one two ', 'one two ']);
    expect(stored?.pending).toEqual([]);
  });

  it('knows it also of what was acknowledged while it was being written', async () => {
    const browser = new Browser();
    const { kept } = await open(browser);
    await kept.stored();
    kept.type('quick');
    const written = kept.copy.write();
    kept.copy.settle(1);
    await written;
    expect((await kept.stored())?.pending).toEqual([]);
  });

  it('goes on with what an earlier page left', async () => {
    const browser = new Browser();
    const first = await open(browser);
    first.kept.receive('server ');
    first.kept.type('left ');
    const left = await first.kept.stored();
    const second = await open(browser, {}, left);
    second.kept.type('typed');
    const stored = await second.kept.stored();
    expect(texts(stored)).toEqual(['server left typed', 'server ']);
    second.kept.copy.settle(2);
    expect((await second.kept.stored())?.pending).toEqual([]);
  });

  it('packs many changes, and loses none of another tab', async () => {
    const browser = new Browser();
    const { kept } = await open(browser);
    const other = await open(browser, {}, await kept.stored(), 'other');
    other.kept.type('other ');
    await other.kept.stored();
    for (let round = 0; round < 600; round++) {
      kept.type('x');
    }
    await kept.stored();
    kept.copy.settle(600);
    await kept.stored();
    kept.receive('.');
    const stored = await kept.stored();
    expect(stored?.known.length).toBeLessThan(10);
    expect(stored?.pending).toHaveLength(1);
    const [all] = texts(stored);
    expect(all).toHaveLength(600 + 'other .'.length);
    expect(all).toContain('other ');
  });

  it('is written anew when it was forgotten under way', async () => {
    const browser = new Browser();
    const { kept } = await open(browser);
    kept.receive('server ');
    kept.type('one ');
    await kept.stored();
    await kept.store.forgetAll();
    kept.type('two');
    const stored = await kept.stored();
    expect(texts(stored)[0]).toBe('server one two');
    expect(stored?.pending).toHaveLength(2);
  });

  it('says that nothing is kept when the browser refuses, and tries again', async () => {
    const browser = new Browser();
    const { kept } = await open(browser);
    await kept.stored();
    expect(kept.copy.isKept).toBe(true);
    const refuse = jest
      .spyOn(kept.store.database, 'transact')
      .mockRejectedValue(new Error('full'));
    const warn = jest.spyOn(console, 'warn').mockReturnValue();
    kept.type('one');
    await kept.copy.write();
    expect(kept.copy.isKept).toBe(false);
    refuse.mockRestore();
    warn.mockRestore();
    await browser.timers.pass(5_000);
    expect(texts(await kept.stored())[0]).toBe('one');
    expect(kept.copy.isKept).toBe(true);
    expect(kept.told).toEqual([true, false, true]);
  });

  it('keeps nothing without a database, without a name, or when nothing is to be kept', async () => {
    const warn = jest.spyOn(console, 'warn').mockReturnValue();
    for (const lack of [
      { factory: null },
      { user: null },
      { policy: 'off' as const }
    ]) {
      const browser = Object.assign(new Browser(), lack);
      const { kept } = await open(browser);
      kept.type('one');
      expect(await kept.stored()).toBeNull();
      expect(kept.copy.isKept).toBe(false);
    }
    warn.mockRestore();
  });

  it('goes with the tab, but not before the server has everything', async () => {
    const browser = new Browser();
    browser.policy = 'tab';
    const { kept } = await open(browser);
    kept.type('one');
    await kept.stored();
    kept.copy.dispose();
    await kept.copy.write();
    expect(await kept.store.pending()).toHaveLength(1);

    const again = await open(browser, {}, await kept.stored());
    again.kept.copy.settle(1);
    again.kept.copy.dispose();
    await again.kept.copy.write();
    await settledDatabase(again.kept.store);
    expect(await again.kept.store.all()).toEqual([]);
  });

  it('forgets the copy of before once the new one is written', async () => {
    const browser = new Browser();
    const { kept } = await open(browser);
    kept.type('old');
    await kept.stored();
    const { key } = kept.copy;
    kept.facts = { ...kept.facts, lineage: 'second' };
    await kept.copy.begin(kept.doc, null);
    kept.copy.leave(key!);
    await kept.stored();
    const lineages = (await kept.store.all()).map(({ lineage }) => lineage);
    expect(lineages).toEqual(['second']);
  });
});

/**
 * All that was asked of the database so far is done.
 */
async function settledDatabase(store: {
  all(): Promise<unknown>;
}): Promise<void> {
  await store.all();
  await store.all();
}

async function open(
  browser: Browser,
  facts: Parameters<Browser['keep']>[1] = {},
  stored: Parameters<Browser['keep']>[2] = null,
  tab = 'tab'
) {
  const kept = await browser.keep(browser.store(tab), facts, stored);
  return { kept };
}
