import * as Y from 'yjs';

import { TextKeeper } from '../textkeeper';
import { Lifeboat } from '../lifeboat';
import { AnodeFile } from '../textfile';

function filled(text: string): Y.Doc {
  const doc = new Y.Doc();
  doc.getText('source').insert(0, text);
  return doc;
}

function file(text: string): AnodeFile {
  const model = new AnodeFile();
  Y.applyUpdate(model.ydoc, Y.encodeStateAsUpdate(filled(text)));
  model.access = 'write';
  return model;
}

describe('AnodeFile', () => {
  it('reads and writes as JupyterLab asks it to', () => {
    const model = file('one\n');
    const changes: unknown[] = [];
    model.changed.connect((_, change) => changes.push(change));
    model.updateSource(3, 4, '!\n');
    expect(model.source).toBe('one!\n');
    expect(changes).toContainEqual({
      sourceChange: [{ retain: 3 }, { insert: '!\n' }, { delete: 1 }]
    });
    expect(model.undo()).toBe(true);
    expect(model.getSource()).toBe('one\n');
  });

  it('takes no writes of somebody who may only read', () => {
    const model = file('one');
    model.access = 'read';
    model.setSource('two');
    expect(model.getSource()).toBe('one');
  });

  it('fills itself with line feeds from the file that core loads', () => {
    const model = new AnodeFile();
    model.access = 'core';
    model.fill('a\r\nb\rc\n');
    expect(model.getSource()).toBe('a\nb\nc\n');
  });

  it('goes on in editors that are bound to an exchanged document', () => {
    const model = file('one\ntwo\n');
    const bound = model.ysource;
    model.exchange(filled('one\nnew\n'));
    expect(bound.toJSON()).toBe('one\nnew\n');
    expect(model.ysource).not.toBe(bound);

    bound.insert(0, 'typed ');
    expect(model.getSource()).toBe('typed one\nnew\n');
    model.ysource.insert(0, 'theirs ');
    expect(bound.toJSON()).toBe('theirs typed one\nnew\n');

    model.exchange(filled('third'));
    expect(bound.toJSON()).toBe('third');
    bound.insert(5, '!');
    expect(model.getSource()).toBe('third!');
    model.dispose();
  });
});

describe('TextKeeper', () => {
  it('carries what was typed onto a text of another lineage', () => {
    const model = file('one\ntwo\nthree\n');
    const boat = new Lifeboat(model, new TextKeeper(model));
    boat.settle();
    model.updateSource(0, 3, 'ONE');
    const next = boat.part({ code: 'x', message: '', mayApply: true });
    next.getText('source').insert(0, 'one\ntwo\nTHREE\n');
    expect(boat.arrive(true, 0)).toBeNull();
    expect(model.getSource()).toBe('ONE\ntwo\nTHREE\n');
  });

  it('hands back what may not be applied', () => {
    const model = file('one\n');
    const boat = new Lifeboat(model, new TextKeeper(model));
    model.updateSource(0, 3, 'mine');
    boat.part({ code: 'read_only', message: 'No.', mayApply: false });
    const copy = boat.arrive(false, 7);
    expect(copy).toEqual({
      time: 7,
      code: 'read_only',
      message: 'No.',
      isLasting: false,
      cells: [{ id: 'source', cellType: 'text', source: 'mine\n' }]
    });
  });

  it('has nothing to hand back of what is on the server', () => {
    const model = file('one\n');
    const boat = new Lifeboat(model, new TextKeeper(model));
    model.updateSource(0, 3, 'mine');
    boat.settle();
    boat.part({ code: 'read_only', message: 'No.', mayApply: false });
    expect(boat.arrive(false, 7)).toBeNull();
  });
});
