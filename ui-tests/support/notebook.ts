// A notebook open in a browser page, used as a person uses it.

import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

import type { Server } from './server.ts';

/**
 * A cell as the shared model has it.
 */
export interface ICellContent {
  id: string;
  type: string;
  source: string;
}

/**
 * The active notebook of a page.
 */
export class NotebookPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /**
   * Open a notebook in JupyterLab and wait until it is there.
   */
  static async open(
    page: Page,
    server: Server,
    path: string
  ): Promise<NotebookPage> {
    const workspace = `w${Math.random().toString(36).slice(2)}`;
    await page.goto(
      server.url(`lab/workspaces/${workspace}/tree/${path}?reset`)
    );
    const notebook = new NotebookPage(page);
    await notebook.untilOpen();
    return notebook;
  }

  /**
   * Open a notebook in Notebook 7.
   */
  static async openClassic(
    page: Page,
    server: Server,
    path: string
  ): Promise<NotebookPage> {
    await page.goto(server.url(`notebooks/${path}`));
    const notebook = new NotebookPage(page);
    await notebook.untilOpen();
    return notebook;
  }

  async untilOpen(): Promise<void> {
    await this.page.locator('.jp-NotebookPanel .jp-Cell').first().waitFor({
      timeout: 120_000
    });
  }

  /**
   * The element that carries the sync state.
   */
  get sync(): Locator {
    return this.page.locator('.jp-NotebookPanel [data-anode-sync]');
  }

  async untilSync(state: string | RegExp): Promise<void> {
    await expect(this.sync).toHaveAttribute('data-anode-sync', state);
  }

  cell(index: number): Locator {
    return this.page
      .locator('.jp-NotebookPanel .jp-Notebook .jp-Cell')
      .nth(index);
  }

  prompt(index: number): Locator {
    return this.cell(index).locator('.jp-InputPrompt');
  }

  /**
   * What a cell says about its run.
   */
  line(index: number): Locator {
    return this.cell(index).locator('.jp-Anode-run-line');
  }

  /**
   * The outputs of a cell.
   */
  output(index: number): Locator {
    return this.cell(index).locator('.jp-OutputArea-output');
  }

  /**
   * The button at a cell's prompt, which is there under the mouse.
   */
  runButton(index: number): Locator {
    return this.cell(index).locator('.jp-Anode-run-button');
  }

  /**
   * Run a cell with the button at its prompt.
   */
  async run(index: number): Promise<void> {
    await this.cell(index).hover();
    await this.runButton(index).click();
  }

  /**
   * Put the caret at the end of a cell's text.
   */
  async focusEnd(index: number): Promise<void> {
    const cell = this.cell(index);
    const editor = cell.locator('.cm-content');
    // JupyterLab takes cells that are not seen out of the page, and puts them back.
    await expect(async () => {
      await cell.evaluate(node => {
        node.scrollIntoView({ block: 'nearest' });
      });
      if (!(await editor.isVisible())) {
        await cell.dblclick({ timeout: 2_000 });
      }
      await editor.click({ timeout: 2_000 });
    }).toPass({ timeout: 60_000 });
    await this.page.keyboard.press('Control+End');
  }

  /**
   * Type at the end of a cell, key by key.
   */
  async type(index: number, text: string, delay = 20): Promise<void> {
    await this.focusEnd(index);
    await this.page.keyboard.type(text, { delay });
  }

  /**
   * Select a cell in command mode.
   */
  async select(index: number): Promise<void> {
    await this.cell(index).locator('.jp-InputPrompt').click();
    await this.page.keyboard.press('Escape');
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

  /**
   * What the shared model holds.
   */
  async content(): Promise<ICellContent[]> {
    return this.page.evaluate(() => {
      const panel = (window as unknown as IWindow).jupyterapp.shell
        .currentWidget;
      return panel.content.model.sharedModel.cells.map(cell => ({
        id: cell.id,
        type: cell.cell_type,
        source: cell.getSource()
      }));
    });
  }

  async sources(): Promise<string[]> {
    return (await this.content()).map(cell => cell.source);
  }

  /**
   * The notifications that are shown, by text.
   */
  get notices(): Locator {
    return this.page.locator('.Toastify__toast');
  }

  /**
   * The names of the items that are seen in the toolbar.
   */
  async toolbar(): Promise<string[]> {
    return this.page
      .locator('.jp-NotebookPanel-toolbar > [data-jp-item-name]')
      .evaluateAll(items =>
        items
          .filter(item => item.getBoundingClientRect().width > 0)
          .map(item => item.getAttribute('data-jp-item-name') ?? '')
      );
  }

  /**
   * The dialogs that are open, by title.
   */
  async dialogs(): Promise<string[]> {
    return this.page.locator('.jp-Dialog .jp-Dialog-header').allTextContents();
  }
}

interface IWindow {
  jupyterapp: {
    commands: { execute(id: string, args: object): Promise<unknown> };
    shell: {
      currentWidget: {
        content: {
          model: {
            sharedModel: {
              cells: { id: string; cell_type: string; getSource(): string }[];
            };
          };
        };
      };
    };
  };
}

/**
 * A notebook file with these cells.
 */
export function notebookFile(
  cells: { id: string; type?: 'code' | 'markdown' | 'raw'; source: string }[]
): string {
  const content = {
    cells: cells.map(({ id, type = 'code', source }) => ({
      cell_type: type,
      ...(type === 'code' ? { execution_count: null } : {}),
      id,
      metadata: {},
      ...(type === 'code' ? { outputs: [] } : {}),
      source: source.split(/(?<=\n)/)
    })),
    metadata: {
      kernelspec: {
        display_name: 'Python 3 (ipykernel)',
        language: 'python',
        name: 'python3'
      },
      language_info: { name: 'python' }
    },
    nbformat: 4,
    nbformat_minor: 5
  };
  return JSON.stringify(content, null, 1) + '\n';
}
