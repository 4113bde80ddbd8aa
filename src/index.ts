// The plugins of the extension, in no particular order.

import documents from './documents/plugin';
import files from './files/plugin';
import health from './health/plugin';
import presence from './presence/plugin';
import screens from './screens/plugin';
import status from './status/plugin';

export * from './tokens';

export default [...documents, files, ...health, ...presence, screens, status];
