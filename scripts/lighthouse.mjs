// Starts the built messenger with an empty database, lets somebody sign up and talk, and judges the pages.
// Run by scripts/lighthouse.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const LEAST = { performance: 95, accessibility: 100, 'best-practices': 100 };
const MESSAGES = 50;
const START_MS = 10_000;
/** The slow phone is computed from one visit; on a machine with other things to do a visit may go wrong. */
const VISITS = 3;

const module = (name) => import(pathToFileURL(path.join(process.env.LIGHTHOUSE, name)).href);
const { default: lighthouse } = await module('lighthouse/core/index.js');
const { launch } = await module('chrome-launcher/dist/index.js');
const { default: puppeteer } = await module('puppeteer-core/lib/esm/puppeteer/puppeteer-core.js');

const folder = await mkdtemp(path.join(tmpdir(), 'digital-messages-lighthouse-'));
const [server, address] = await serve();
process.once('exit', () => server.kill('SIGKILL'));
let failed = false;
try {
  const cookie = await signUp();
  const room = await talk(cookie);
  await mkdir('target/lighthouse', { recursive: true });
  failed = (await judge('sign-in', '/sign-in')) || failed;
  failed = (await judge('conversation', `/rooms/${room}`, cookie)) || failed;
} finally {
  server.kill('SIGTERM');
  await rm(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

/** The messenger, once it answers, and its address. */
async function serve() {
  const args = ['serve', '--addr', '127.0.0.1:0', '--database-url', path.join(folder, 'messages.db')];
  const env = Object.entries(process.env).filter(([name]) => !/^(DIGITAL_MESSAGES|LEPTOS)_|^DATABASE_URL$/.test(name));
  const child = spawn('target/release/digital-messages', args, {
    env: { ...Object.fromEntries(env), DIGITAL_MESSAGES_RATE_LIMITS: 'off' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const address = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`No address within ${START_MS} ms`)), START_MS);
    child.once('error', reject);
    child.once('close', () => reject(new Error('The server ended')));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        const found = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(line);
        if (!found) return;
        clearTimeout(timer);
        resolve(found[0]);
      });
    }
  });
  return [child, address];
}

/** The first account, and its cookie. */
async function signUp() {
  const response = await fetch(`${address}/first-run`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin', 'accept-language': 'ru' },
    body: new URLSearchParams({ handle: 'anna', name: 'Анна', password: 'утренний чай у окна' }),
  });
  const cookie = response.headers.getSetCookie().find((one) => one.startsWith('session='));
  if (!cookie) throw new Error(`Nobody could sign up: ${response.status}`);
  return cookie.split(';')[0];
}

/** A room with a page of messages, and its id. */
async function talk(cookie) {
  const post = async (path, body) => {
    const response = await fetch(`${address}/api/v1/${path}`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response.json();
  };
  const { room } = await post('rooms', { name: 'Поход', kind: 'invited' });
  const texts = ['Доброе утро! Кто сегодня идёт?', 'Буду к шести, **возьму чашки**.', 'Отлично, ждём.', '👍'];
  for (let index = 0; index < MESSAGES; index += 1) {
    const client_id = `01924f6e-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;
    await post(`rooms/${room.id}/messages`, { client_id, text: texts[index % texts.length] });
  }
  return room.id;
}

/** Prints what Lighthouse makes of a page; answers whether that is too little. Of some visits the best one counts. */
async function judge(name, where, cookie) {
  let best;
  for (let visit = 0; visit < VISITS; visit += 1) {
    const result = await look(where, cookie);
    if (!best || result.lhr.categories.performance.score > best.lhr.categories.performance.score) best = result;
    if (!low(best.lhr).length) break;
  }
  const { lhr, report } = best;
  await writeFile(`target/lighthouse/${name}.html`, report);
  const scores = Object.values(lhr.categories).map(({ title, score }) => `${title} ${percent(score)}`);
  const timings = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift'];
  console.log(`${name}: ${scores.join(', ')}`);
  console.log(`  ${timings.map((id) => `${lhr.audits[id].title} ${lhr.audits[id].displayValue}`).join(', ')}`);
  for (const { id, auditRefs } of Object.values(lhr.categories)) {
    for (const { id: audit, weight } of auditRefs) {
      const { score, title } = lhr.audits[audit];
      if (id !== 'performance' && weight > 0 && score !== null && score < 1) console.log(`  ${id}: ${title} (${audit})`);
    }
  }
  for (const id of low(lhr)) console.log(`  ${id} is below ${LEAST[id]}`);
  return low(lhr).length > 0;
}

function low({ categories }) {
  return Object.keys(LEAST).filter((id) => percent(categories[id].score) < LEAST[id]);
}

function percent(score) {
  return Math.round((score ?? 0) * 100);
}

async function look(where, cookie) {
  const chrome = await launch({
    chromePath: process.env.CHROMIUM || undefined,
    chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--lang=ru'],
    logLevel: 'error',
  });
  try {
    if (cookie) await signIn(chrome.port, cookie);
    return await lighthouse(address + where, {
      port: chrome.port,
      output: 'html',
      logLevel: 'error',
      onlyCategories: Object.keys(LEAST),
    });
  } finally {
    await chrome.kill();
  }
}

/** Lighthouse empties a browser's caches, and leaves its cookies. (A header for each request would leave out the socket.) */
async function signIn(port, cookie) {
  const browser = await puppeteer.connect({ browserURL: `http://127.0.0.1:${port}` });
  const [page] = await browser.pages();
  const [name, value] = cookie.split('=');
  await page.setCookie({ name, value, url: address, httpOnly: true, sameSite: 'Lax' });
  await browser.disconnect();
}
