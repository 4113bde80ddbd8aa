// Random documents made by Yjs itself: one JSON line per seed given on the command line, with the
// updates of three clients (base64), some of them merged with a stretch left out (skip blocks).
import * as Y from 'yjs';

function random(seed) {
  let state = seed * 2654435761 + 1;
  return below => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}

const TEXTS = ['a', 'some words', 'é', '漢字', '\ud83d', '', '\n\t"\\'];
const EMOJI = ['😀', '👩‍👩‍👧', '𝄞𝄞'];

function anything(rnd, depth = 0) {
  const values = [
    null, undefined, true, false, 0, -1, 63, 64, -64, 2 ** 31, -(2 ** 40), 0.5, 1e300, NaN,
    12345678901234567890n, -1n, new Uint8Array([0, 255, 128]), TEXTS[rnd(TEXTS.length)],
    EMOJI[rnd(EMOJI.length)]
  ];
  const pick = rnd(values.length + (depth < 3 ? 4 : 0));
  if (pick < values.length) {
    return values[pick];
  }
  return pick % 2
    ? [anything(rnd, depth + 1), anything(rnd, depth + 1)]
    : { key: anything(rnd, depth + 1), 'clé 😀': anything(rnd, depth + 1) };
}

function type(rnd) {
  const makers = [
    () => new Y.Map([['id', 'x'], ['source', new Y.Text('src')]]),
    () => Y.Array.from([1, 'two', new Y.Map()]),
    () => new Y.Text('nested 😀'),
    () => new Y.XmlElement('div'),
    () => new Y.XmlFragment(),
    () => new Y.XmlText('xml'),
    () => new Y.Doc({ guid: 'sub-' + rnd(1000), meta: { a: 1 } })
  ];
  return makers[rnd(makers.length)]();
}

function work(doc, rnd) {
  const text = doc.getText('text');
  const emoji = doc.getText('emoji');
  const array = doc.getArray('array');
  const map = doc.getMap('map');
  const place = shared => rnd(shared.length + 1);
  const acts = [
    () => text.insert(place(text), TEXTS[rnd(TEXTS.length)]),
    () => text.insert(place(text), 'bold', { bold: true, link: null }),
    () => text.length && text.format(rnd(text.length), 1, { color: '#fff' }),
    () => text.insertEmbed(place(text), { image: 'x', list: [1, { a: null }] }),
    () => text.length && text.delete(rnd(text.length), 1),
    () => emoji.insert(rnd(2) * emoji.length, EMOJI[rnd(EMOJI.length)]),
    () => emoji.length && emoji.delete(0, [...emoji.toString()][0].length),
    () => array.insert(place(array), [{ value: anything(rnd) }, [anything(rnd)], rnd(9)]),
    () => array.insert(place(array), [type(rnd)]),
    () => array.length && array.delete(rnd(array.length), 1),
    () => map.set('k' + rnd(4), rnd(3) ? anything(rnd) : type(rnd)),
    () => map.delete('k' + rnd(4)),
    () => doc.getXmlFragment('xml').insert(0, [new Y.XmlElement('p')]),
    () => {
      const inner = array.toArray().find(item => item instanceof Y.Array);
      inner?.push([type(rnd), { value: anything(rnd) }]);
    }
  ];
  doc.transact(() => {
    for (let i = rnd(3); i >= 0; i--) {
      acts[rnd(acts.length)]();
    }
  });
}

for (const seed of process.argv.slice(2).map(Number)) {
  const rnd = random(seed);
  const updates = [];
  const docs = [0, 1, 2].map(i => {
    const doc = new Y.Doc({ gc: i !== 0 });
    doc.clientID = [1, 2 ** 32 - 1 - seed, 2 ** 20 + seed][i];
    doc.on('update', (update, origin) => origin === 'remote' || updates.push(update));
    return doc;
  });
  for (let step = 0; step < 30; step++) {
    const doc = docs[rnd(3)];
    if (rnd(3)) {
      work(doc, rnd);
    } else {
      const other = docs[rnd(3)];
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(other, Y.encodeStateVector(doc)), 'remote');
    }
  }
  const holes = updates.length > 4 ? [Y.mergeUpdates(updates.filter((_, i) => i % 3 !== 1))] : [];
  const encode = bytes => Buffer.from(bytes).toString('base64');
  process.stdout.write(
    JSON.stringify({
      updates: updates.map(encode),
      merged: [...holes, Y.mergeUpdates(updates)].map(encode),
      documents: docs.map(doc => encode(Y.encodeStateAsUpdate(doc))),
      vectors: docs.map(doc => encode(Y.encodeStateVector(doc)))
    }) + '\n'
  );
}
process.exit(0);
