// What the app shell keeps of a server: JupyterLab's own files and small answers, never what a file holds.

/**
 * The server's base URL; it ends with a slash.
 */
const BASE = new URL(self.registration.scope).pathname;

/**
 * Where all is kept; the number changes with the form of what is in it.
 */
const CACHE = `anode-shell-1:${BASE}`;

/**
 * So many answers are kept; what was asked longest ago goes.
 */
const MOST_FACTS = 500;

/**
 * Files that a page is made of.
 */
const FILES = /^(static|custom|kernelspecs|lab\/extensions)\//;

/**
 * The name of a file that says what is in it: it never changes.
 */
const HASHED = /[./-][0-9a-f]{16,}\./;

/**
 * What a page asks while it starts and in the file browser; never what a file holds.
 */
const FACTS =
  /^(lab\/api\/(settings|workspaces|listings|translations|themes)|api\/(me|config|kernelspecs|contents))(\/|$)/;

const CONFIG = /(<script id="jupyter-config-data"[^>]*>)([\s\S]*?)(<\/script>)/;

function pathOf(url) {
  return url.pathname.slice(BASE.length);
}

function isFile(path) {
  return FILES.test(path);
}

/**
 * Whether a request asks for facts, and not for what a file holds.
 */
function isFact(url) {
  const path = pathOf(url);
  const type = url.searchParams.get('type');
  return (
    FACTS.test(path) &&
    !path.endsWith('/checkpoints') &&
    (!path.startsWith('api/contents') ||
      url.searchParams.get('content') === '0' ||
      // The file browser asks for folders without saying what it expects.
      type === null ||
      type === 'directory')
  );
}

/**
 * The address under which something is kept: without a token, and without the time that JupyterLab
 * adds to what must not be cached.
 */
function keyOf(url) {
  const key = new URL(url);
  for (const name of [...key.searchParams.keys()]) {
    if (name === 'token' || /^\d+$/.test(name)) {
      key.searchParams.delete(name);
    }
  }
  key.hash = '';
  return key.href;
}

/**
 * An address for what is kept beside answers of the server.
 */
function ownKey(name) {
  return new URL(`${BASE}anode/shell/${name}`, self.location.href).href;
}

async function keep(url, response) {
  const key = keyOf(url);
  if (
    !response.ok ||
    response.redirected ||
    response.type !== 'basic' ||
    !(await caches.has(CACHE)) ||
    (HASHED.test(url.pathname) && (await find(key)))
  ) {
    return;
  }
  const path = pathOf(url);
  if (path.startsWith('api/contents')) {
    const model = await response.clone().json();
    if (model.type !== 'directory' && model.content !== null) {
      return;
    }
  }
  await put(key, response);
  if (!isFile(path)) {
    await bound();
  }
}

/**
 * The server's token does not belong into the browser's storage.
 */
async function keepPage(view, html, config, headers) {
  const version = JSON.stringify([
    config.appVersion,
    config.federated_extensions
  ]);
  const versionKey = ownKey(`version/${config.appName}`);
  const known = await find(versionKey);
  if (known && (await known.text()) !== version) {
    await caches.delete(CACHE);
  }
  await put(versionKey, new Response(version));
  const kept = withConfig(html, { ...config, token: '' });
  const fitting = new Headers(headers);
  for (const name of ['Content-Encoding', 'Content-Length', 'Set-Cookie']) {
    fitting.delete(name);
  }
  await put(ownKey(view), new Response(kept, { headers: fitting }));
}

/**
 * @returns what is kept under an address; undefined when nothing is.
 */
function find(key) {
  return caches.match(key, { cacheName: CACHE });
}

async function put(key, response) {
  const cache = await caches.open(CACHE);
  await cache.put(key, response);
}

/**
 * Let go of the oldest facts when they are many.
 */
async function bound() {
  const cache = await caches.open(CACHE);
  const keys = await cache.keys();
  const facts = keys.filter(({ url }) => isFact(new URL(url)));
  const excess = facts.slice(0, Math.max(0, facts.length - MOST_FACTS));
  await Promise.all(excess.map(key => cache.delete(key)));
}

/**
 * @returns the configuration in a page of JupyterLab; null when it is another page.
 */
function configOf(html) {
  const found = CONFIG.exec(html);
  try {
    return found ? JSON.parse(found[2]) : null;
  } catch {
    return null;
  }
}

function withConfig(html, config) {
  // As the server does it: nothing in the JSON can end the element.
  const json = JSON.stringify(config).replaceAll('<', '\\u003c');
  return html.replace(CONFIG, (_, begin, __, end) => begin + json + end);
}
