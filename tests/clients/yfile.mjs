// JupyterLab's own model of a text file on a y-websocket provider: says what the file holds, types
// at its end, waits for the answer.
//
// Usage: node yfile.mjs PACKAGE SERVER_URL ROOM SESSION TOKEN TEXT AWAITED

import { YFile } from '@jupyter/ydoc';
import WebSocket from 'ws';

const [, , pkg, serverUrl, room, sessionId, token, text, awaited] =
  process.argv;
const { WebsocketProvider } = await import(pkg);
const file = YFile.create();
const provider = new WebsocketProvider(serverUrl, room, file.ydoc, {
  WebSocketPolyfill: WebSocket,
  params: { sessionId, token },
  disableBc: true,
  awareness: file.awareness
});

file.changed.connect(() => {
  if (file.source.includes(awaited)) {
    console.log(`done ${JSON.stringify(file.source)} ${file.getState('path')}`);
    provider.destroy();
    process.exit(0);
  }
});

provider.on('sync', synced => {
  if (synced) {
    console.log(`synced ${JSON.stringify(file.source)}`);
    file.updateSource(file.source.length, file.source.length, text);
  }
});
