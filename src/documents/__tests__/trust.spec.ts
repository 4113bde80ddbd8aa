// Trust: whose outputs may run code in this browser.

import { NotebookModel } from '@jupyterlab/notebook';

import type { AnodeCodeCell } from '../cells';
import type { AnodeNotebook } from '../notebook';
import { HTML, copyOf, open, receive } from './notebooks';
import { quietYjs } from './quiet';

quietYjs();

beforeEach(() => {
  localStorage.clear();
});

describe('trust', () => {
  function trusted(notebook: AnodeNotebook): boolean {
    return notebook.cells[0]?.getMetadata('trusted') === true;
  }

  it('never enters the document', () => {
    const notebook = open();
    notebook.cells[0]?.setMetadata({ trusted: true });
    notebook.cells[0]?.setMetadata('trusted', true);
    notebook.insertCell(3, {
      cell_type: 'code',
      source: '',
      metadata: { trusted: true }
    });
    expect(trusted(notebook)).toBe(true);
    expect(notebook.cells[3]?.getMetadata('trusted')).toBe(true);
    expect(JSON.stringify(copyOf(notebook).toJSON())).not.toContain('trusted');
  });

  it('does not come from the document', () => {
    const notebook = open();
    const other = copyOf(notebook);
    other.getCell(0).setMetadata('trusted', true);
    receive(notebook, other.ydoc);
    expect(trusted(notebook)).toBe(false);
    expect(notebook.cells[0]?.getMetadata()).toEqual({});
  });

  it('is lost before outputs of somebody else show', () => {
    const notebook = open();
    const model = new NotebookModel({ sharedModel: notebook });
    const cell = model.cells.get(0);
    cell.trusted = true;
    notebook.trustChanged.connect((_, change) => {
      expect(change).toEqual({ id: 'a', kind: 'revoked' });
      expect((cell.sharedModel as AnodeCodeCell).getOutputs()).toHaveLength(1);
      cell.trusted = false;
    });
    const shown: boolean[] = [];
    cell.sharedModel.changed.connect(() => shown.push(cell.trusted));
    const other = copyOf(notebook);
    other.getCell(0).transact(() => {
      (other.getCell(0) as unknown as AnodeCodeCell).setOutputs([HTML]);
    });
    receive(notebook, other.ydoc);
    expect(shown).toEqual([false]);
    expect(trusted(notebook)).toBe(false);
    model.dispose();
  });

  it('stays when others change the text, or move the cell as it is', () => {
    const notebook = open();
    const cell = notebook.cells[0] as AnodeCodeCell;
    notebook.trust.attach('notebook');
    cell.setOutputs([HTML]);
    cell.setMetadata('trusted', true);
    notebook.trust.save();
    const other = copyOf(notebook);
    other.getCell(0).setSource('typed');
    receive(notebook, other.ydoc);
    expect(trusted(notebook)).toBe(true);
    other.moveCell(0, 2);
    receive(notebook, other.ydoc);
    expect(notebook.cells[2]?.getId()).toBe('a');
    expect(notebook.cells[2]?.getMetadata('trusted')).toBe(true);
  });

  it('is lost when a moved cell brings other outputs', () => {
    const notebook = open();
    const cell = notebook.cells[0] as AnodeCodeCell;
    notebook.trust.attach('notebook');
    cell.setOutputs([HTML]);
    cell.setMetadata('trusted', true);
    notebook.trust.save();
    const other = copyOf(notebook);
    const evil = { ...HTML, data: { 'text/html': '<script>2</script>' } };
    other.transact(() => {
      const json = { ...other.getCell(0).toJSON(), outputs: [evil] };
      other.deleteCell(0);
      other.insertCell(0, json);
    });
    receive(notebook, other.ydoc);
    expect(trusted(notebook)).toBe(false);
  });

  it('is remembered over a reload for the very same outputs', () => {
    const notebook = open();
    notebook.trust.attach('notebook');
    (notebook.cells[0] as AnodeCodeCell).setOutputs([HTML]);
    notebook.cells[0]?.setMetadata('trusted', true);
    const other = copyOf(notebook);
    const content = other.toJSON();
    notebook.dispose();

    const again = open(content);
    again.trust.attach('notebook');
    expect(trusted(again)).toBe(true);
    again.dispose();

    (content.cells[0]!.outputs as unknown[]).push(HTML);
    const changed = open(content);
    changed.trust.attach('notebook');
    expect(trusted(changed)).toBe(false);

    const stranger = open(other.toJSON());
    stranger.trust.attach('another notebook');
    expect(trusted(stranger)).toBe(false);
  });

  it('goes with a copy to the clipboard', () => {
    const notebook = open();
    notebook.cells[0]?.setMetadata('trusted', true);
    expect(notebook.cells[0]?.toJSON().metadata).toEqual({ trusted: true });
  });
});
