// JupyterLab's own shared notebook as a peer. Reads one JSON request per line:
// {"update": base64, "steps": [[method, ...arguments], ...]}; the update builds the document, the
// steps are methods of YNotebook (or of a cell: "cell.<index>.<method>"). Answers one line each:
// {"before": notebook, "after": notebook, "update": base64 of what the steps did}.
import { createInterface } from 'node:readline';
import { YNotebook } from '@jupyter/ydoc';
import * as Y from 'yjs';

const decode = text => new Uint8Array(Buffer.from(text, 'base64'));
const encode = bytes => Buffer.from(bytes).toString('base64');

function run(notebook, [method, ...parameters]) {
  const [, index, name] = /^cell\.(\d+)\.(\w+)$/.exec(method) ?? [];
  if (name) {
    notebook.getCell(Number(index))[name](...parameters);
  } else {
    notebook[method](...parameters);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { update, steps } = JSON.parse(line);
  const notebook = new YNotebook();
  Y.applyUpdate(notebook.ydoc, decode(update));
  const before = notebook.toJSON();
  const vector = Y.encodeStateVector(notebook.ydoc);
  steps.forEach(step => run(notebook, step));
  const answer = {
    before,
    after: notebook.toJSON(),
    update: encode(Y.encodeStateAsUpdate(notebook.ydoc, vector))
  };
  process.stdout.write(JSON.stringify(answer) + '\n');
  notebook.dispose();
}
