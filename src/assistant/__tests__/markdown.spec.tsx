// Texts come and go with their messages, as another conversation is shown.

import {
  RenderMimeRegistry,
  standardRendererFactories
} from '@jupyterlab/rendermime';
import { nullTranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import { Markdown, textRenderer } from '../markdown';

const renderer = textRenderer(
  new RenderMimeRegistry({ initialFactories: standardRendererFactories }),
  nullTranslator.load('')
);

class Texts extends ReactWidget {
  texts: readonly string[] = [];

  protected override render(): React.ReactElement {
    return (
      <>
        {this.texts.map(text => (
          <Markdown key={text} text={text} renderer={renderer} />
        ))}
      </>
    );
  }
}

it('texts are let go of when their messages go', async () => {
  const view = new Texts();
  Widget.attach(view, document.body);
  // React shows when it has time.
  const show = async (...texts: string[]): Promise<void> => {
    view.texts = texts;
    view.update();
    const shown = (): number =>
      view.node.querySelectorAll('.jp-RenderedMarkdown').length;
    while (shown() !== texts.length) {
      await new Promise(done => setTimeout(done));
    }
  };
  await show('a', 'b');
  await show('b');
  await show('b', 'c', 'd');
  await show();
  // As an output is rendered before it is put into its cell.
  view.node.remove();
  await show('e');
  await show();
  document.body.append(view.node);
  view.dispose();
});
