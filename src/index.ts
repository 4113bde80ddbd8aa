// The plugins of the extension, in no particular order.

import ai from './ai/plugin';
import aicells from './aicells/plugin';
import artifacts from './artifacts/plugin';
import assistant from './assistant/plugin';
import cellmenu from './cellmenu/plugin';
import documents from './documents/plugin';
import drops from './drops/plugin';
import execution from './execution/plugin';
import files from './files/plugin';
import grid from './grid/plugin';
import health from './health/plugin';
import hiding from './hiding/plugin';
import history from './history/plugin';
import presence from './presence/plugin';
import runtime from './runtime/plugin';
import screens from './screens/plugin';
import sharing from './sharing/plugin';
import status from './status/plugin';

export * from './tokens';

export default [
  ...ai,
  ...aicells,
  artifacts,
  ...assistant,
  cellmenu,
  ...documents,
  drops,
  ...execution,
  files,
  grid,
  ...health,
  hiding,
  ...history,
  ...presence,
  ...runtime,
  screens,
  sharing,
  status
];
