// The app shell: a service worker that keeps JupyterLab's own files, so that a page comes up while the
// server is away. Documents are none of its business; they have copies of their own.
//
// The server is always asked first. Only a page that came up without it is answered from what is kept.

/**
 * A network that is silent for so long is taken for gone by people who open a page. It is longer than
 * a busy server takes.
 */
const PATIENCE_MS = 10_000;

/**
 * A page that came up without its server does not wait longer for it with every question.
 */
const SHORT_PATIENCE_MS = 1_000;

/**
 * Of a proxy whose server does not answer. 503 is not among them: JupyterHub then offers to start it.
 */
const AWAY = [502, 504];

/**
 * Pages that people open.
 */
const PAGES = /^(lab|doc|tree|notebooks|edit|consoles)(\/|$)/;

/**
 * What runs: nothing while the server is away. Only pages that come up without it are told so: to
 * others it would mean that their kernels ended.
 */
const LIVE = /^api\/(kernels|sessions|terminals)\/?$/;

/**
 * How the address begins under which it is noted that a page came up without the server.
 */
const MARK = ownKey('page/');

/**
 * The pages that came up without the server, by the browser's name; read once from what is kept.
 */
let marks = null;

self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('activate', event => event.waitUntil(leaveIfGone()));

self.addEventListener('message', event => {
  const { type, urls } = event.data ?? {};
  if (type === 'keep' || type === 'more') {
    event.waitUntil(keepAll(urls, type === 'keep'));
  }
});

self.addEventListener('fetch', event => {
  const { request } = event;
  const url = new URL(request.url);
  if (
    request.method !== 'GET' ||
    request.headers.has('Range') ||
    url.origin !== self.location.origin ||
    !url.pathname.startsWith(BASE)
  ) {
    return;
  }
  const path = pathOf(url);
  if (request.mode === 'navigate') {
    navigate(event, path);
  } else if (isFile(path) || isFact(url)) {
    event.respondWith(part(event, url));
  } else if (LIVE.test(path)) {
    event.respondWith(live(event));
  }
});

function navigate(event, path) {
  if (path === 'logout') {
    event.waitUntil(caches.delete(CACHE));
  } else if (PAGES.test(path)) {
    event.respondWith(page(event, path));
  } else if (path === '') {
    event.respondWith(root(event));
  } else {
    event.waitUntil(leaveIfGone());
  }
}

/**
 * A page as the server gives it, or the latest of its kind when there is no server.
 */
async function page(event, path) {
  const { request, resultingClientId } = event;
  const kept = await find(ownKey(path.split('/')[0]));
  let response = null;
  try {
    response = await patiently(fetch(request), kept && PATIENCE_MS);
  } catch (error) {
    if (!kept) {
      throw error;
    }
  }
  if (response && !(kept && AWAY.includes(response.status))) {
    event.waitUntil(look(path, response.clone()));
    return response;
  }
  await mark(resultingClientId);
  const html = await kept.text();
  const config = { ...configOf(html), ...placeOf(path) };
  return new Response(withConfig(html, config), { headers: kept.headers });
}

/**
 * People keep the address of the server itself; it leads to its first page.
 */
async function root({ request }) {
  try {
    return await fetch(request);
  } catch (error) {
    if (await find(ownKey('lab'))) {
      return Response.redirect(new URL(`${BASE}lab`, self.location.href));
    }
    throw error;
  }
}

/**
 * What the server would write into a page for this address.
 */
function placeOf(path) {
  const [view, ...rest] = path.split('/').map(decodeURIComponent);
  if (view === 'tree') {
    return { treePath: rest.join('/') };
  }
  if (view !== 'lab' && view !== 'doc') {
    return {};
  }
  const [workspace] =
    rest[0] === 'workspaces' ? rest.splice(0, 2).slice(1) : [];
  return {
    workspace: workspace || 'default',
    treePath: rest[0] === 'tree' ? rest.slice(1).join('/') : '',
    mode: view === 'doc' ? 'single-document' : 'multiple-document'
  };
}

/**
 * A file or a fact: as the server says, and kept. Without the server only for pages that came up
 * without it, and files that never change.
 */
async function part(event, url) {
  const isKept = await isMarked(event.clientId);
  const isSame = HASHED.test(url.pathname);
  if (isKept && isFile(pathOf(url))) {
    const kept = await find(keyOf(url));
    if (kept) {
      return kept;
    }
  }
  try {
    const late = isKept && !isFile(pathOf(url)) ? SHORT_PATIENCE_MS : null;
    const response = await patiently(fetch(event.request), late);
    if (!(isKept && AWAY.includes(response.status))) {
      event.waitUntil(keep(url, response.clone()));
      return response;
    }
  } catch (error) {
    if (!isKept && !isSame) {
      throw error;
    }
  }
  return (await find(keyOf(url))) ?? Response.error();
}

async function live(event) {
  const isKept = await isMarked(event.clientId);
  try {
    const late = isKept ? SHORT_PATIENCE_MS : null;
    const response = await patiently(fetch(event.request), late);
    if (!(isKept && AWAY.includes(response.status))) {
      return response;
    }
  } catch (error) {
    if (!isKept) {
      throw error;
    }
  }
  return Response.json([]);
}

/**
 * Keep what a page is made of, unless it is there. Nothing is kept before a page asks for it, nor
 * when all was forgotten since.
 */
async function keepAll(addresses, isWanted) {
  if (isWanted) {
    await caches.open(CACHE);
  } else if (!(await caches.has(CACHE))) {
    return;
  }
  const urls = addresses.map(address => new URL(address, self.location.href));
  await Promise.all(
    urls.map(async url => {
      const path = pathOf(url);
      const isPart = isFile(path) || isFact(url);
      if (
        url.origin !== self.location.origin ||
        !url.pathname.startsWith(BASE) ||
        !(isPart || PAGES.test(path)) ||
        (isPart && (await find(keyOf(url))))
      ) {
        return;
      }
      try {
        const response = await fetch(url, { credentials: 'same-origin' });
        await (isPart ? keep(url, response) : look(path, response));
      } catch {
        // It is asked for again some time.
      }
    })
  );
}

/**
 * Read what the server says in a page: whether we are wanted, and of which version it is.
 */
async function look(path, response) {
  const html = await response.text();
  const config = configOf(html);
  if (!response.ok || response.redirected || config === null) {
    await leaveIfGone();
  } else if (!isWanted(config)) {
    await leave();
  } else if (await caches.has(CACHE)) {
    await keepPage(path.split('/')[0], html, config, response.headers);
  }
}

function isWanted({ anode }) {
  return anode?.ready === true;
}

/**
 * Leave when the server has this script no more: we were uninstalled, or somebody else has the port.
 */
async function leaveIfGone() {
  try {
    const { status } = await fetch(self.location.href, { cache: 'no-store' });
    if (status === 404) {
      await leave();
    }
  } catch {
    // It is away.
  }
}

async function leave() {
  await caches.delete(CACHE);
  await self.registration.unregister();
}

/**
 * Note that a page came up without the server.
 */
async function mark(client) {
  (await marked()).add(client);
  const alive = await self.clients.matchAll({ includeUncontrolled: true });
  const cache = await caches.open(CACHE);
  const before = (await cache.keys())
    .map(({ url }) => url)
    .filter(url => url.startsWith(MARK));
  await Promise.all(
    before
      .filter(url => !alive.some(({ id }) => url === MARK + id))
      .map(url => cache.delete(url))
  );
  await cache.put(MARK + client, new Response(''));
}

async function isMarked(client) {
  return (await marked()).has(client);
}

function marked() {
  marks ??= readMarks();
  return marks;
}

async function readMarks() {
  if (!(await caches.has(CACHE))) {
    return new Set();
  }
  const keys = await (await caches.open(CACHE)).keys();
  return new Set(
    keys
      .filter(({ url }) => url.startsWith(MARK))
      .map(({ url }) => url.slice(MARK.length))
  );
}

/**
 * @param patience - in milliseconds; null when there is nothing else to answer with.
 */
function patiently(answer, patience) {
  if (!patience) {
    return answer;
  }
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error('The server is silent.')), patience);
  });
  return Promise.race([answer, late]);
}
