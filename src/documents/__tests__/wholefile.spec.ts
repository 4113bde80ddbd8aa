// A notebook that is saved beside its room holds its large outputs.

import type { INotebookContent } from '@jupyterlab/nbformat';
import type { PartialJSONObject } from '@lumino/coreutils';

import { REFERENCE_MIME } from '../reference';
import { wholeFile } from '../wholefile';

const PNG = 'ab'.repeat(32);
const HTML = 'cd'.repeat(32);

function notebook(...data: PartialJSONObject[]): INotebookContent {
  return {
    cells: [
      { cell_type: 'markdown', metadata: {}, source: 'words' },
      {
        cell_type: 'code',
        metadata: {},
        source: 'x',
        execution_count: 1,
        outputs: [
          { output_type: 'stream', name: 'stdout', text: 'printed' },
          ...data.map(one => ({
            output_type: 'display_data',
            metadata: {},
            data: one
          }))
        ]
      }
    ],
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5
  };
}

function outputs(content: INotebookContent): unknown[] {
  return content.cells[1]!.outputs as unknown[];
}

function bytes(text: string): Blob {
  return Object.assign(new Blob([text]), { text: () => Promise.resolve(text) });
}

const references = {
  'image/png': { sha256: PNG, size: 3, form: 'base64-line' },
  'text/html': { sha256: HTML, size: 3, form: 'text' }
};

const load = (sha256: string) =>
  Promise.resolve(bytes(sha256 === PNG ? 'png' : '<b>'));

describe('wholeFile', () => {
  it('leaves a notebook alone that has all its outputs', async () => {
    const content = notebook({ 'text/plain': 'small' });
    expect(await wholeFile(content, load)).toBe(content);
  });

  it('puts large outputs back as the file would have them', async () => {
    const content = notebook({
      'text/plain': 'x',
      [REFERENCE_MIME]: references
    });
    const [stream, display] = outputs(await wholeFile(content, load));
    expect(stream).toEqual(outputs(content)[0]);
    expect(display).toEqual({
      output_type: 'display_data',
      metadata: {},
      data: {
        'text/plain': 'x',
        'image/png': `${btoa('png')}\n`,
        'text/html': '<b>'
      }
    });
  });

  it('keeps the references to what it cannot load', async () => {
    const content = notebook({ [REFERENCE_MIME]: references });
    const whole = await wholeFile(content, sha256 =>
      sha256 === PNG ? Promise.resolve(null) : load(sha256)
    );
    expect(outputs(whole)[1]).toMatchObject({
      data: { 'text/html': '<b>', [REFERENCE_MIME]: references }
    });
  });
});
