// Takes pictures of a state of the screen, for people to look at, and measures what can be.

import { resolve } from 'node:path';
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';

import type { NotebookPage } from './notebook.ts';

const PICTURES = resolve(import.meta.dirname, '../test-results/looks');

const THEMES = { light: 'JupyterLab Light', dark: 'JupyterLab Dark' };
const WIDTHS = [1400, 390];

/**
 * Take the pictures of one state, in all themes and widths, and measure each.
 */
export async function look(ada: NotebookPage, state: string): Promise<void> {
  for (const [name, theme] of Object.entries(THEMES)) {
    await ada.command('apputils:change-theme', { theme });
    await expect(ada.page.locator('body')).toHaveAttribute(
      'data-jp-theme-light',
      String(name === 'light')
    );
    await lookAround(ada.page, `${state}-${name}`);
  }
}

/**
 * The same in the theme of the moment: without its server JupyterLab changes none.
 */
export async function lookAround(page: Page, state: string): Promise<void> {
  for (const width of WIDTHS) {
    await untilStill(page);
    await page.setViewportSize({ width, height: 900 });
    await untilStill(page);
    await page.screenshot({
      path: `${PICTURES}/${state}-${width}.png`,
      animations: 'disabled'
    });
    await measure(page, `${state} ${width}`);
  }
}

/**
 * JupyterLab's toolbar moves items into its menu and back at most every 500 ms; it does not see a width
 * that comes sooner after another layout.
 */
const STILL_MS = 700;

async function untilStill(page: Page): Promise<void> {
  await page.evaluate(
    still =>
      new Promise<void>(done => {
        const toolbar = document.querySelector('.jp-NotebookPanel-toolbar')!;
        let before = '';
        let since = performance.now();
        const check = () => {
          const now = JSON.stringify(
            Array.from(toolbar.children, item => item.getBoundingClientRect())
          );
          if (now !== before) {
            before = now;
            since = performance.now();
          }
          if (performance.now() - since > still) {
            done();
          } else {
            requestAnimationFrame(check);
          }
        };
        check();
      }),
    STILL_MS
  );
}

/**
 * No item of the toolbar covers another or sticks out, the details are on the screen, the word has
 * contrast.
 */
async function measure(page: Page, what: string): Promise<void> {
  const found = await page.evaluate(() => {
    const box = (node: Element) => node.getBoundingClientRect();
    const toolbar = document.querySelector('.jp-NotebookPanel-toolbar')!;
    const items = Array.from(toolbar.children)
      .filter(item => box(item).width > 0)
      .sort((a, b) => box(a).left - box(b).left);
    const name = (item: Element) => item.getAttribute('data-jp-item-name');
    const overlaps = items
      .slice(1)
      .filter((item, at) => box(item).left < box(items[at]!).right - 0.5)
      .map(name);
    const sticking = items
      .filter(
        item =>
          box(item).right > box(toolbar).right + 0.5 ||
          box(item).left < box(toolbar).left - 0.5
      )
      .map(name);

    const popover = document.querySelector('.jp-Anode-popover');
    const room = popover && box(popover);
    const word = box(document.querySelector('.jp-Anode-sync-button')!);
    const hangs =
      room === null ||
      Math.abs(room.left - Math.min(word.left, innerWidth - room.width - 4)) <
        2;
    const run = toolbar.querySelector('[data-jp-item-name="run"]');
    const isRunShown = run !== null && box(run).width > 0;
    const isOnScreen =
      room === null ||
      (room.left >= 0 &&
        room.top >= 0 &&
        room.right <= innerWidth &&
        room.bottom <= innerHeight);

    const rgb = (color: string) =>
      color.match(/[\d.]+/g)!.map(part => Number(part));
    const luminance = (color: string) => {
      const [red, green, blue] = rgb(color).map(part => {
        const channel = part / 255;
        return channel <= 0.04045
          ? channel / 12.92
          : ((channel + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
    };
    const background = (node: Element): string => {
      for (let at: Element | null = node; at; at = at.parentElement) {
        const { backgroundColor } = getComputedStyle(at);
        if ((rgb(backgroundColor)[3] ?? 1) === 1) {
          return backgroundColor;
        }
      }
      return 'rgb(255, 255, 255)';
    };
    const contrasts = Array.from(
      document.querySelectorAll(
        '.jp-Anode-sync-text, .jp-Anode-avatar > span, .jp-Anode-popover :is(h3, p, dt, dd), .jp-Anode-banner-text, .jp-Anode-version-text, .jp-Anode-recover :is(time, span)'
      )
    )
      .filter(node => box(node).width > 0)
      .map(node => {
        const [dark, light] = [
          luminance(getComputedStyle(node).color),
          luminance(background(node))
        ].sort((a, b) => a - b) as [number, number];
        return {
          text: node.textContent,
          contrast: (light + 0.05) / (dark + 0.05)
        };
      });
    const faint = contrasts.filter(({ contrast }) => contrast < 4.5);
    const isScrolling =
      document.documentElement.scrollWidth > window.innerWidth;
    return {
      overlaps,
      sticking,
      isOnScreen,
      hangs,
      isRunShown,
      isWordShown: word.width > 0 && word.height >= 28,
      faint,
      isScrolling
    };
  });
  expect.soft(found, what).toEqual({
    overlaps: [],
    sticking: [],
    isOnScreen: true,
    hangs: true,
    isRunShown: true,
    isWordShown: true,
    faint: [],
    isScrolling: false
  });
}
