// Real JupyterLab notebook models (@jupyter/ydoc on yjs) for the tests in Python: reads one JSON
// command per line, answers each with one JSON line that holds the updates the command made.
import { createInterface } from 'node:readline';
import { YNotebook } from '@jupyter/ydoc';
import * as Y from 'yjs';

const peers = new Map();

class Peer {
  constructor(clientId) {
    this.notebook = new YNotebook({ disableDocumentWideUndoRedo: true });
    this.notebook.ydoc.clientID = clientId;
    this.updates = [];
    this.notebook.ydoc.on('update', (update, origin) => {
      if (origin !== 'server') {
        this.updates.push(Buffer.from(update).toString('base64'));
      }
    });
  }

  // As NotebookActions.changeCellType of JupyterLab 4.6 does it.
  retype(index, cellType, heading) {
    const raw = this.notebook.getCell(index).toJSON();
    const source = heading ? '#'.repeat(heading) + ' ' + raw.source.replace(/^#+ */, '') : raw.source;
    this.notebook.transact(() => {
      this.notebook.deleteCell(index);
      this.notebook.insertCell(index, {
        id: raw.id,
        cell_type: cellType,
        source,
        metadata: raw.metadata
      });
    });
  }

  do(command) {
    const notebook = this.notebook;
    const args = command.args ?? [];
    switch (command.do) {
      case 'apply':
        Y.applyUpdate(notebook.ydoc, Buffer.from(args[0], 'base64'), 'server');
        return null;
      case 'type':
        notebook.getCell(args[0]).updateSource(args[1], args[2], args[3]);
        return null;
      case 'insert':
        notebook.insertCell(args[0], args[1]);
        return null;
      case 'delete':
        notebook.deleteCell(args[0]);
        return null;
      case 'move':
        notebook.undoManager.stopCapturing();
        notebook.moveCell(args[0], args[1]);
        return null;
      case 'retype':
        notebook.undoManager.stopCapturing();
        this.retype(...args);
        return null;
      case 'undo':
        return notebook.undoManager.undo() !== null;
      case 'redo':
        return notebook.undoManager.redo() !== null;
      case 'cells':
        return notebook.cells.map(cell => [cell.id, cell.cell_type, cell.getSource()]);
      case 'vector':
        return Buffer.from(Y.encodeStateVector(notebook.ydoc)).toString('base64');
      case 'diff':
        return Buffer.from(
          Y.encodeStateAsUpdate(notebook.ydoc, Buffer.from(args[0], 'base64'))
        ).toString('base64');
      default:
        throw new Error(`unknown command ${command.do}`);
    }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  if (command.do === 'open') {
    peers.set(command.peer, new Peer(command.peer));
    process.stdout.write('{"result":null,"updates":[]}\n');
    continue;
  }
  const peer = peers.get(command.peer);
  const result = peer.do(command) ?? null;
  process.stdout.write(JSON.stringify({ result, updates: peer.updates.splice(0) }) + '\n');
}
process.exit(0);
