// Elements on a page, as React shows them.

import { ReactWidget } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

/**
 * Show an element; once it is there, which the widget's own promise does not wait for.
 */
export async function show(element: React.ReactElement): Promise<HTMLElement> {
  const view = ReactWidget.create(<main>{element}</main>);
  Widget.attach(view, document.body);
  await until(() => view.node.querySelector('main') !== null);
  return view.node;
}

/**
 * Until React has shown it; the test's own limit ends a wait for nothing.
 */
export async function until(isThere: () => boolean): Promise<void> {
  while (!isThere()) {
    await new Promise(resolve => setTimeout(resolve));
  }
}
