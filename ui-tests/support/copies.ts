// Copies of a notebook as the server makes them every hour.

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
  const { id } = await server.api<{ id: string }>('POST', 'notebooks', {
    path
  });
  const folder = join(server.store, id.slice(0, 2), id, 'copies');
  mkdirSync(folder, { recursive: true });
  const moment = time.toISOString().replace(/\.\d+Z/, 'Z').replaceAll(':', '-');
  const cells = sources.map((source, index) => ({
    id: `cell-${index}`,
    source
  }));
  writeFileSync(
    join(folder, `${moment}_2_${cells.length}.ipynb`),
    notebookFile(cells)
  );
}
