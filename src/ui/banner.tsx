// A banner above a notebook: what happened, what to do, and a way to hide it.

import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon, ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

/**
 * What a banner says and offers.
 */
export interface IBannerContent {
  /**
   * What happened, in bold, and what it means.
   */
  readonly what: React.ReactNode;
  readonly advice: React.ReactNode;

  /**
   * Whether something is wrong, and not only to be known.
   */
  readonly isWrong?: boolean;

  /**
   * The first is what most people want.
   */
  readonly answers: readonly {
    readonly label: string;
    readonly act: () => void;
  }[];

  /**
   * What the tooltip of hiding says.
   */
  readonly hideTitle: string;
}

/**
 * A banner; it takes no room while there is nothing to say.
 */
export abstract class Banner extends ReactWidget {
  constructor(protected readonly _trans: TranslationBundle) {
    super();
    this.node.setAttribute('role', 'status');
  }

  /**
   * What there is to say now.
   */
  protected abstract content(): IBannerContent | null;

  /**
   * The person has seen it.
   */
  protected abstract hideIt(): void;

  protected override render(): React.ReactElement | null {
    const content = this.content();
    return (
      content && (
        <div
          className="jp-Anode-banner-body"
          data-wrong={content.isWrong ?? false}
          ref={this._measure}
        >
          <div className="jp-Anode-banner-text">
            <strong>{content.what}</strong> {content.advice}
          </div>
          <div className="jp-Anode-banner-answers">
            {content.answers.map(({ label, act }, index) => (
              <button
                key={label}
                className={`jp-mod-styled ${index === 0 ? 'jp-mod-accept' : 'jp-mod-reject'}`}
                onClick={act}
              >
                {label}
              </button>
            ))}
            <button
              className="jp-Anode-banner-close jp-mod-styled jp-mod-minimal"
              title={content.hideTitle}
              aria-label={this._trans.__('Hide')}
              onClick={() => this.hideIt()}
            >
              <closeIcon.react tag="span" />
            </button>
          </div>
        </div>
      )
    );
  }

  protected override onUpdateRequest(msg: Message): void {
    this.setHidden(this.content() === null);
    super.onUpdateRequest(msg);
  }

  /**
   * A panel gives its header the least height that it asks for; how much that is depends on how
   * the text breaks.
   */
  private readonly _measure = (body: HTMLElement | null): void => {
    this._observer?.disconnect();
    this._observer = null;
    if (body) {
      this._observer = new ResizeObserver(() => {
        const height = `${body.offsetHeight}px`;
        if (this.node.style.minHeight !== height && this.parent) {
          this.node.style.minHeight = height;
          MessageLoop.postMessage(this.parent, Widget.Msg.FitRequest);
        }
      });
      this._observer.observe(body);
    }
  };

  private _observer: ResizeObserver | null = null;
}
