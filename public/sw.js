// What opens where the server is out of reach. Everything comes from the network as long as there is one; what
// came is kept: the list's page (the program in it draws any conversation from what it has kept itself), and all
// files of its build. Messages are not kept here, and nothing is ever sent from here.
//
// Nobody is held back on an old version: pages are asked for first, and a new worker takes over at once, also from
// an old one's open pages, which it serves just as well. The files of the build before stay while a page of that
// build may still be open.

const KEPT = 'kept-1';
// Where the list of the kept build's files stands: on the server, and among what is kept.
const LIST = '/files';
// A network that takes longer than this for a page is taken for none.
const PATIENCE_MS = 5_000;
const KEEP_EVERY_MS = 60_000;
let keptAt = 0;
// Where a page didn't come, its files won't either for a moment: they are not waited for again.
const AWAY_MS = 15_000;
let awayAt = 0;
// Of people and rooms, by the hashes of their bytes; so many are kept, the ones that came last.
const PICTURES = '/pictures/';
const MOST_PICTURES = 200;

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
    event.waitUntil(forget());
  } else if (request.method === 'POST' && request.mode === 'navigate' && isOurForm(request, url)) {
    // A form that can't be sent stays as it was filled in; the page says that there is no connection.
    event.respondWith(fetch(request).catch(() => new Response(null, { status: 204 })));
  } else if (request.method !== 'GET') {
    return;
  } else if (request.mode === 'navigate') {
    event.respondWith(page(event, url));
  } else if (isFile(url.pathname)) {
    event.respondWith(file(request));
  } else if (url.pathname.startsWith(PICTURES)) {
    event.respondWith(picture(event));
  }
});

// The pages before the messenger have no program that would say anything: there the browser does.
const DOORS = ['/sign-in', '/sign-up', '/first-run'];
const isOurForm = ({ referrer }, { pathname }) =>
  referrer.startsWith(`${location.origin}/`) && !DOORS.includes(pathname) && !pathname.startsWith('/join/');

const isFile = (path) => path.startsWith('/pkg/') || path === '/favicon.svg';
// A build's folder is named by its bytes: what is in there stays the same.
const isForever = (path) => /^\/pkg\/[0-9a-f]{16}\//.test(path);

async function page(event, url) {
  const to = url.pathname === '/' && url.searchParams.has('to');
  const here = to && isAway() && (await keptPage());
  if (here) return here;
  try {
    const response = await soon(fetch(event.request));
    // Whatever stands before the server says that it is away.
    if (response.status === 502 || response.status === 504) throw new Error('away');
    awayAt = 0;
    if (response.ok && url.pathname === '/sign-in') event.waitUntil(forget());
    if (response.ok && Date.now() - keptAt > KEEP_EVERY_MS) event.waitUntil(keepPage());
    return response;
  } catch (error) {
    const kept = await keptPage();
    if (!kept) throw error;
    awayAt = Date.now();
    if (url.pathname === '/') return kept;
    // The program goes on to the place itself.
    return Response.redirect(`/?to=${encodeURIComponent(url.pathname + url.search)}`);
  }
}

const isAway = () => Date.now() - awayAt < AWAY_MS;
const keptPage = () => caches.match('/', { ignoreSearch: true, cacheName: KEPT });

// For what may have changed the network is asked first.
async function file(request) {
  const kept = await caches.match(request, { cacheName: KEPT });
  if (kept && (isAway() || isForever(new URL(request.url).pathname))) return kept;
  try {
    const response = await (kept ? soon(fetch(request)) : fetch(request));
    return kept && !response.ok ? kept : response;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

async function picture(event) {
  const { request } = event;
  const kept = await caches.match(request, { cacheName: KEPT });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) event.waitUntil(keepPicture(request, response.clone()));
  return response;
}

async function keepPicture(request, response) {
  const cache = await caches.open(KEPT);
  await cache.put(request, response);
  const all = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith(PICTURES));
  for (const old of all.slice(0, -MOST_PICTURES)) await cache.delete(old);
}

// Whoever comes next to this device is not to see the list of the one who went, nor how much was unread.
async function forget() {
  keptAt = 0;
  await caches.delete(KEPT);
  await navigator.clearAppBadge?.().catch(() => {});
}

// The page and all files of its build, together: a page of one version would not run with the files of another.
async function keepPage() {
  const [response, listed] = await Promise.all([fetch('/', { redirect: 'manual' }), fetch(LIST)]);
  // Nobody is signed in.
  if (response.type === 'opaqueredirect') await caches.delete(KEPT);
  if (!response.ok || !listed.ok) return;
  const text = await response.clone().text();
  const { build, files } = await listed.clone().json();
  // The server was changed between the two answers; there is another time.
  if (build !== /data-build="([^"]*)"/.exec(text)?.[1]) return;
  const named = [...text.matchAll(/["'](\/(?:pkg\/[^"']+|favicon\.svg))["']/g)].map(([, name]) => name);
  const all = new Set([...files, ...named]);

  const cache = await caches.open(KEPT);
  const before = await cache.match(LIST).then((list) => list?.json());
  const older = before && before.build !== build ? before.files : before?.older;
  const kept = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  await cache.addAll([...all].filter((name) => !(kept.has(name) && isForever(name))));
  await cache.put('/', response);
  await cache.put(LIST, Response.json({ build, files: [...all], older }));
  keptAt = Date.now();
  const stays = new Set([...all, ...(older ?? [])]);
  for (const name of kept) if (isFile(name) && !stays.has(name)) await cache.delete(name);
}

function soon(response) {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('too slow')), PATIENCE_MS);
    response.then(resolve, reject);
  });
}
