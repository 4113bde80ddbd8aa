// Copies of a notebook or text file as the server makes them every hour.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { notebookFile } from './notebook.ts';
import type { Server } from './server.ts';

/**
 * Put a copy where the server keeps them.
 */
export async function putCopy(
  server: Server,
  path: string,
  time: Date,
  ...sources: string[]
): Promise<void> {
  const cells = sources.map((source, index) => ({
    id: `cell-${index}`,
    source
  }));
  const name = `2_${cells.length}.ipynb`;
  await put(server, 'notebooks', path, time, name, notebookFile(cells));
}

/**
 * The same for a text file.
 */
export async function putTextCopy(
  server: Server,
  path: string,
  time: Date,
  text: string
): Promise<void> {
  const name = `2_${text.split('\n').length - 1}.txt`;
  await put(server, 'files', path, time, name, text);
}

async function put(
  server: Server,
  kind: 'notebooks' | 'files',
  path: string,
  time: Date,
  name: string,
  content: string
): Promise<void> {
  const { id } = await server.api<{ id: string }>('POST', kind, { path });
  const folder = join(server.store, id.slice(0, 2), id, 'copies');
  mkdirSync(folder, { recursive: true });
  const moment = time.toISOString().replace(/\.\d+Z/, 'Z').replaceAll(':', '-');
  writeFileSync(join(folder, `${moment}_${name}`), content);
}
