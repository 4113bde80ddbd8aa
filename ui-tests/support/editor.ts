// A text file open in JupyterLab's editor, used as a person uses it.

import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

import type { Server } from './server.ts';

/**
 * The editor of a text file in a page.
 */
export class EditorPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /**
   * Open a text file in JupyterLab and wait until it is there.
   */
  static async open(
    page: Page,
    server: Server,
    path: string
  ): Promise<EditorPage> {
    const workspace = `w${Math.random().toString(36).slice(2)}`;
    await page.goto(
      server.url(`lab/workspaces/${workspace}/tree/${path}?reset`)
    );
    const editor = new EditorPage(page);
    await editor.content.waitFor({ timeout: 120_000 });
    return editor;
  }

  /**
   * What is typed into.
   */
  get content(): Locator {
    return this.page.locator('.jp-FileEditor .cm-content');
  }

  /**
   * The element that carries the sync state.
   */
  get sync(): Locator {
    return this.page.locator('.jp-MainAreaWidget [data-anode-sync]');
  }

  async untilSync(state: string | RegExp): Promise<void> {
    await expect(this.sync).toHaveAttribute('data-anode-sync', state);
  }

  /**
   * The whole text, as the shared model has it.
   */
  async text(): Promise<string> {
    return this.page.evaluate(() => {
      const { shell } = (window as unknown as IWindow).jupyterapp;
      const widgets = [...shell.widgets('main')];
      const editor = widgets.find(widget => widget.node.querySelector('.jp-FileEditor'));
      return editor!.context.model.sharedModel.getSource();
    });
  }

  async untilText(text: string | RegExp): Promise<void> {
    const poll = expect.poll(() => this.text());
    await (typeof text === 'string' ? poll.toBe(text) : poll.toMatch(text));
  }

  /**
   * What is selected.
   */
  async selected(): Promise<string> {
    return this.page.evaluate(() => window.getSelection()?.toString() ?? '');
  }

  /**
   * Type at the beginning or the end of the text, key by key.
   */
  async type(where: 'Home' | 'End', text: string): Promise<void> {
    await this.content.click();
    await this.page.keyboard.press(`Control+${where}`);
    await this.page.keyboard.type(text, { delay: 20 });
  }

  /**
   * Run a command of JupyterLab.
   */
  async command(id: string, args: object = {}): Promise<void> {
    await this.page.evaluate(
      ([name, options]) =>
        (window as unknown as IWindow).jupyterapp.commands.execute(
          name as string,
          options as object
        ),
      [id, args] as const
    );
  }
}

interface IWindow {
  jupyterapp: {
    commands: { execute(id: string, args: object): Promise<unknown> };
    shell: {
      widgets(area: string): Iterable<{
        node: HTMLElement;
        context: { model: { sharedModel: { getSource(): string } } };
      }>;
    };
  };
}
