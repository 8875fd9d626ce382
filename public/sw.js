// What opens where the server is out of reach. Everything comes from the network as long as there is one; what
// came is kept: the list's page (the program in it draws any conversation from what it has kept itself), and the
// files that it names. Messages are not kept here, and nothing is ever sent from here.

const KEPT = 'kept-1';
// A network that takes longer than this for a page is taken for none.
const PATIENCE_MS = 5_000;
const KEEP_EVERY_MS = 60_000;
let keptAt = 0;
// Where a page didn't come, its files won't either for a moment: they are not waited for again.
const AWAY_MS = 15_000;
let awayAt = 0;

addEventListener('install', (event) => {
  skipWaiting();
  event.waitUntil(keepPage());
});

addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
      await clients.claim();
    })(),
  );
});

addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === 'POST' && url.pathname === '/sign-out') {
    // Whoever comes next to this device is not to see the list of the one who went.
    event.waitUntil(caches.delete(KEPT));
  } else if (request.method !== 'GET') {
    return;
  } else if (request.mode === 'navigate') {
    event.respondWith(page(event, url));
  } else if (isFile(url.pathname)) {
    event.respondWith(file(request));
  }
});

const isFile = (path) => path.startsWith('/pkg/') || path === '/favicon.svg';

async function page(event, url) {
  const to = url.pathname === '/' && url.searchParams.has('to');
  const here = to && isAway() && (await keptPage());
  if (here) return here;
  try {
    const response = await soon(fetch(event.request));
    // Whatever stands before the server says that it is away.
    if (response.status === 502 || response.status === 504) throw new Error('away');
    awayAt = 0;
    if (response.ok && url.pathname === '/sign-in') event.waitUntil(caches.delete(KEPT));
    if (response.ok && Date.now() - keptAt > KEEP_EVERY_MS) event.waitUntil(keepPage());
    return response;
  } catch (error) {
    const kept = await keptPage();
    if (!kept) throw error;
    awayAt = Date.now();
    if (url.pathname === '/') return kept;
    // The program goes on to the place itself.
    return Response.redirect(`/?to=${encodeURIComponent(url.pathname)}`);
  }
}

const isAway = () => Date.now() - awayAt < AWAY_MS;
const keptPage = () => caches.match('/', { ignoreSearch: true, cacheName: KEPT });

// Files whose names bear a hash of their bytes are the same for ever; a script's may stay the same while what it
// loads changes, so the network is asked first.
async function file(request) {
  const kept = await caches.match(request, { cacheName: KEPT });
  if (kept && (isAway() || !request.url.endsWith('.js'))) return kept;
  try {
    const response = await (kept ? soon(fetch(request)) : fetch(request));
    return kept && !response.ok ? kept : response;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

// The page and all that it names, together: a page of one version would not run with the files of another.
async function keepPage() {
  const response = await fetch('/', { redirect: 'manual' });
  // Nobody is signed in.
  if (response.type === 'opaqueredirect') await caches.delete(KEPT);
  if (!response.ok) return;
  const names = (await response.clone().text()).matchAll(/["'](\/(?:pkg\/[^"']+|favicon\.svg))["']/g);
  const files = [...new Set([...names].map(([, name]) => name))];
  const cache = await caches.open(KEPT);
  await cache.addAll(files);
  await cache.put('/', response);
  keptAt = Date.now();
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (isFile(pathname) && !files.includes(pathname)) await cache.delete(url);
  }
}

function soon(response) {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('too slow')), PATIENCE_MS);
    response.then(resolve, reject);
  });
}
