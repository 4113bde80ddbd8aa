import { Browser, texts } from './kept';

describe('CopyStore', () => {
  it('keeps people apart', async () => {
    const browser = new Browser();
    const kept = await browser.keep(browser.store());
    kept.type('secret');
    await kept.stored();
    browser.user = 'eve';
    const page = browser.store();
    expect(await page.all()).toEqual([]);
    expect(await page.forPath('n.ipynb')).toBeNull();
  });

  it('finds what holds unsaved changes of another lineage first', async () => {
    const browser = new Browser();
    const store = browser.store();
    const old = await browser.keep(store, { lineage: 'old' });
    old.type('unsaved');
    await old.stored();
    const now = await browser.keep(store, { lineage: 'now' });
    now.receive('saved');
    await now.copy.write();
    const found = await store.forDocument('notebook', 'now');
    expect(texts(found)[0]).toBe('unsaved');
    old.copy.settle(1);
    await old.copy.write();
    const later = await store.forDocument('notebook', 'now');
    expect(texts(later)[0]).toBe('saved');
  });

  it('lets go of what was used longest ago, never of what is not on the server', async () => {
    const browser = new Browser();
    browser.mostBytes = 2_500;
    const store = browser.store();
    for (const id of ['unsaved', 'oldest', 'middle', 'latest']) {
      const kept = await browser.keep(store, { id, path: id });
      if (id === 'unsaved') {
        kept.type('x'.repeat(1_000));
      } else {
        kept.receive('x'.repeat(1_000));
      }
      await kept.stored();
      await browser.timers.pass(1_000);
    }
    await store.tidy();
    const ids = (await store.all()).map(({ id }) => id);
    expect(ids).toEqual(['latest', 'unsaved']);
  });

  it('does not mind a clock that jumps back', async () => {
    const browser = new Browser();
    const kept = await browser.keep(browser.store());
    kept.receive('one');
    await kept.stored();
    const [before] = await kept.store.all();
    browser.timers.date = () => 0;
    kept.receive('two');
    await kept.stored();
    const [after] = await kept.store.all();
    expect(after!.used).toBeGreaterThan(before!.used);
    expect(texts(await kept.stored())[0]).toBe('onetwo');
  });

  it('lets go of closed tabs and of other people', async () => {
    const browser = new Browser();
    browser.policy = 'tab';
    for (const tab of ['open', 'closed']) {
      const kept = await browser.keep(browser.store(tab), { id: tab });
      kept.receive('text');
      await kept.stored();
    }
    browser.tabs = new Set(['open']);
    const store = browser.store('new');
    await store.tidy();
    expect((await store.all()).map(({ id }) => id)).toEqual(['open']);
    browser.user = 'eve';
    await store.tidy();
    browser.user = 'ada';
    expect(await store.all()).toEqual([]);
  });

  it('forgets everything when told to', async () => {
    const browser = new Browser();
    const kept = await browser.keep(browser.store());
    kept.type('text');
    await kept.stored();
    expect((await kept.store.pending()).map(({ path }) => path)).toEqual([
      'n.ipynb'
    ]);
    await kept.store.forgetAll();
    expect(await kept.store.all()).toEqual([]);
  });

  it('has nothing when the browser does not answer', async () => {
    const browser = new Browser();
    browser.factory = { open: () => ({}) } as unknown as typeof browser.factory;
    const warn = jest.spyOn(console, 'warn').mockReturnValue();
    const found = browser.store().forPath('n.ipynb');
    await browser.timers.pass(3_000);
    expect(await found).toBeNull();
    warn.mockRestore();
  });
});
