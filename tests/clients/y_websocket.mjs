// One y-websocket provider: says what the first cell holds, types into it, waits for the answer.
//
// Usage: node y_websocket.mjs PACKAGE SERVER_URL ROOM SESSION TOKEN TEXT AWAITED

import WebSocket from 'ws';
import * as Y from 'yjs';

const [, , pkg, serverUrl, room, sessionId, token, text, awaited] =
  process.argv;
const { WebsocketProvider } = await import(pkg);
const doc = new Y.Doc();
const provider = new WebsocketProvider(serverUrl, room, doc, {
  WebSocketPolyfill: WebSocket,
  params: { sessionId, token },
  disableBc: true
});
const cells = doc.getArray('cells');
const source = () => cells.get(0).get('source');

provider.on('sync', synced => {
  if (synced && text) {
    console.log(`synced ${source().toString()}`);
    source().insert(source().length, text);
    provider.awareness.setLocalStateField('cursor', 7);
  }
});

function end() {
  const others = [...provider.awareness.getStates().keys()];
  console.log(`done ${source().toString()} ${others.length}`);
  provider.destroy();
  process.exit(0);
}

doc.on('update', () => {
  if (cells.length > 0 && source().toString().includes(awaited)) {
    end();
  }
});
