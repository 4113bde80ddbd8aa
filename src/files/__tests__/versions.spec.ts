// The choice between a cell and the file's version of it.

import { YNotebook } from '@jupyter/ydoc';

import { quietYjs } from '../../documents/__tests__/quiet';
import {
  discardVersion,
  keepVersion,
  OURS,
  useVersion,
  versionOf
} from '../versions';

quietYjs();

function notebook(type = 'code'): YNotebook {
  const made = YNotebook.create();
  made.insertCells(0, [
    { cell_type: 'code', id: 'a', source: 'x = 2', metadata: {} },
    {
      cell_type: type === 'code' ? 'raw' : type,
      id: 'v',
      source: 'x = 3',
      metadata: { [OURS]: { version_of: 'a', cell_type: type }, mine: 1 }
    },
    { cell_type: 'code', id: 'b', source: 'b', metadata: {} }
  ]);
  return made;
}

const shown = (made: YNotebook) =>
  made.cells.map(cell => [cell.id, cell.cell_type, cell.getSource()]);

describe('versions', () => {
  it('are known by their metadata', () => {
    expect(versionOf({ version_of: 'a', cell_type: 'code' })).toEqual({
      of: 'a',
      type: 'code',
      from: null
    });
    expect(versionOf({ version_of: 'a', from: 'feature' })?.from).toBe(
      'feature'
    );
    expect(versionOf({ version_of: 'a' })?.type).toBe('raw');
    for (const other of [undefined, null, 3, {}, { version_of: 3 }]) {
      expect(versionOf(other)).toBeNull();
    }
  });

  it('can be used', () => {
    const made = notebook();
    useVersion(made, 'v');
    expect(shown(made)).toEqual([
      ['a', 'code', 'x = 3'],
      ['b', 'code', 'b']
    ]);
  });

  it('can be kept beside the cell', () => {
    const made = notebook();
    keepVersion(made, 'v');
    expect(shown(made)[1]).toEqual(['v', 'code', 'x = 3']);
    expect(made.cells[1]?.getMetadata()).toEqual({ mine: 1 });
    const prose = notebook('markdown');
    keepVersion(prose, 'v');
    expect(shown(prose)[1]).toEqual(['v', 'markdown', 'x = 3']);
    expect(prose.cells[1]?.getMetadata()).toEqual({ mine: 1 });
  });

  it('are kept when the cell is gone', () => {
    const made = notebook();
    made.deleteCell(0);
    useVersion(made, 'v');
    expect(shown(made)[0]).toEqual(['v', 'code', 'x = 3']);
  });

  it('can be discarded, and nothing else can', () => {
    const made = notebook();
    discardVersion(made, 'b');
    useVersion(made, 'b');
    expect(made.cells.length).toBe(3);
    discardVersion(made, 'v');
    expect(shown(made).map(([id]) => id)).toEqual(['a', 'b']);
  });
});
