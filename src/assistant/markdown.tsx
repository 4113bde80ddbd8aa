// What a model says, as text with structure: sanitised, and with a button to copy its code.

import { Clipboard } from '@jupyterlab/apputils';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { MimeModel } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import { ModelSanitizer } from './sanitizer';

const MARKDOWN = 'text/markdown';

/**
 * What shows texts of models.
 */
export interface ITextRenderer {
  create(): IRenderMime.IRenderer;
  readonly trans: TranslationBundle;
}

/**
 * JupyterLab's renderer of Markdown, with our sanitizer.
 */
export function textRenderer(
  registry: IRenderMimeRegistry,
  trans: TranslationBundle
): ITextRenderer {
  const sanitizer = new ModelSanitizer(alt =>
    alt === ''
      ? trans.__('[picture, not loaded]')
      : trans.__('[picture, not loaded: %1]', alt)
  );
  const own = registry.clone({ sanitizer });
  return { create: () => own.createRenderer(MARKDOWN), trans };
}

/**
 * A text that may grow.
 */
export function Markdown(props: {
  readonly text: string;
  readonly renderer: ITextRenderer;
}): React.ReactElement {
  const { text, renderer } = props;
  const place = React.useRef<HTMLDivElement>(null);
  const view = React.useRef<GrowingView | null>(null);
  React.useEffect(() => {
    const made = new GrowingView(renderer, place.current!);
    view.current = made;
    return () => {
      made.dispose();
    };
  }, [renderer]);
  React.useEffect(() => {
    view.current?.show(text);
  }, [text, renderer]);
  return <div className="jp-Anode-chat-text" ref={place} />;
}

/**
 * Shows the newest text; while one is being rendered, those in between are passed over.
 */
class GrowingView {
  constructor(
    private readonly _renderer: ITextRenderer,
    place: HTMLElement
  ) {
    this._view = _renderer.create();
    // React may show it before the page has the place, and let go of it after.
    MessageLoop.sendMessage(this._view, Widget.Msg.BeforeAttach);
    place.append(this._view.node);
    MessageLoop.sendMessage(this._view, Widget.Msg.AfterAttach);
  }

  show(text: string): void {
    this._next = text;
    if (!this._isAtWork) {
      this._isAtWork = true;
      void this._work();
    }
  }

  dispose(): void {
    MessageLoop.sendMessage(this._view, Widget.Msg.BeforeDetach);
    this._view.node.remove();
    MessageLoop.sendMessage(this._view, Widget.Msg.AfterDetach);
    this._view.dispose();
  }

  private async _work(): Promise<void> {
    while (this._next !== null && !this._view.isDisposed) {
      const model = new MimeModel({ data: { [MARKDOWN]: this._next } });
      this._next = null;
      await this._view.renderModel(model);
    }
    this._isAtWork = false;
    if (!this._view.isDisposed) {
      addCopyButtons(this._view.node, this._renderer.trans);
    }
  }

  private readonly _view: IRenderMime.IRenderer;
  private _next: string | null = null;
  private _isAtWork = false;
}

function addCopyButtons(node: HTMLElement, trans: TranslationBundle): void {
  for (const code of node.querySelectorAll('pre')) {
    if (code.querySelector('.jp-Anode-chat-copy')) {
      continue;
    }
    const text = code.textContent ?? '';
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'jp-Anode-chat-copy';
    button.textContent = trans.__('Copy');
    button.addEventListener('click', () => {
      Clipboard.copyToSystem(text);
    });
    code.append(button);
  }
}
