import { type Page } from '@playwright/test';

import { type Person, type Server, expect, test } from './fixtures';
import { CUT, Wire, hydrated, newHandle, newRoom, settle, shown, signUp, stored, write } from './people';

/**
 * Random histories of three tabs, two people, one server: whatever happens, in the end each message is there once, in
 * one order, and every screen shows the same. A schedule that fails names its seed: SCHEDULE=123 runs it alone.
 */
const ALL = Number(process.env.SCHEDULES ?? 200);
const ONLY = process.env.SCHEDULE;
const BATCHES = 4;

test.use({ ownServer: 'schedules' });
test.describe.configure({ mode: 'parallel', retries: 0 });

for (let batch = 0; batch < BATCHES; batch += 1) {
  const seeds = Array.from({ length: ALL }, (_, seed) => seed).filter((seed) => seed % BATCHES === batch);
  const these = ONLY === undefined ? seeds : batch === 0 ? [Number(ONLY)] : [];
  if (these.length === 0) continue;
  test(`${these.length} random schedules end with the same screen everywhere (${batch + 1})`, async ({
    newPerson,
    server,
    allow,
  }) => {
    test.setTimeout(these.length * 15_000 + 60_000);
    allow(...CUT, { text: /net::ERR/ });
    // Two tabs share a draft, and both send it, each with a text of its own: the second is given another name.
    // Or it learns that on saving what it has.
    allow({ url: /post_message|save_draft/, status: 409 });
    await settle(server);
    const [anna, boris] = [await newPerson('Анна'), await newPerson('Борис')];
    const handle = newHandle('boris');
    await signUp(boris.page, handle, 'Борис');
    await signUp(anna.page, newHandle('anna'), 'Анна');
    for (const seed of these) {
      await test.step(`schedule ${seed}`, () => new Schedule(seed, server, anna, boris, handle).run());
    }
  });
}

/** A person's tab and what lies between it and the server. */
interface Tab {
  of: Person;
  page: Page;
  wire: Wire;
}

class Schedule {
  private readonly random: () => number;
  private readonly tabs: Tab[] = [];
  private readonly written: string[] = [];
  private readonly told: string[] = [];
  private room = 0;
  private readonly began = Date.now();

  constructor(
    private readonly seed: number,
    private readonly server: Server,
    private readonly anna: Person,
    private readonly boris: Person,
    private readonly borisHandle: string,
  ) {
    this.random = randomFrom(seed);
  }

  async run(): Promise<void> {
    this.room = await newRoom(this.anna.page, `Расписание ${this.seed}`, this.borisHandle);
    for (const of of [this.anna, this.anna, this.boris]) this.tabs.push(await this.open(of));
    try {
      const steps = 5 + this.below(6);
      for (let step = 0; step < steps; step += 1) await this.step();
      await this.end();
    } catch (error) {
      throw new Error(`schedule ${this.seed}: ${this.told.join(', ')}`, { cause: error });
    }
    for (const tab of this.tabs) await tab.page.close();
    const took = Date.now() - this.began;
    if (took > 15_000) console.log(`schedule ${this.seed} took ${took} ms: ${this.told.join(', ')}`);
  }

  private below(bound: number): number {
    return Math.floor(this.random() * bound);
  }

  private async open(of: Person): Promise<Tab> {
    const page = await of.context.newPage();
    const wire = await Wire.of(page);
    await page.goto(`/rooms/${this.room}`);
    await hydrated(page);
    return { of, page, wire };
  }

  private async step(): Promise<void> {
    const which = this.below(this.tabs.length);
    const tab = this.tabs[which]!;
    const what = this.below(100);
    const tell = (words: string) => this.told.push(`${words} ${which}`);
    if (what < 45) {
      const text = `${this.seed}-${this.written.length}.`;
      this.written.push(text);
      tell(`write ${text}`);
      await write(tab.page, text);
    } else if (what < 58) {
      tell('cut');
      await tab.wire.cut();
    } else if (what < 70) {
      tell('mend');
      await tab.wire.mend();
    } else if (what < 80) {
      // The server hears of it, and nothing of that comes back.
      tell('mute');
      await tab.wire.mute();
    } else if (what < 92) {
      tell('kill');
      await tab.page.close();
      this.tabs[which] = await this.open(tab.of);
    } else {
      tell(what < 96 ? 'server killed' : 'server stopped');
      await (what < 96 ? this.server.kill() : this.server.stop());
      await new Promise((resolve) => setTimeout(resolve, this.below(300)));
      await this.server.start();
    }
    if (this.below(2) === 0) await new Promise((resolve) => setTimeout(resolve, this.below(250)));
  }

  private async end(): Promise<void> {
    for (const tab of this.tabs) await tab.wire.mend();
    // More than the time in which a connection that has died without a word is noticed.
    const patience = { timeout: 40_000 };
    await expect
      .poll(async () => (await stored(this.anna.page, this.room)).sort(), patience)
      .toEqual([...this.written].sort());
    const order = await stored(this.anna.page, this.room);
    for (const [which, tab] of this.tabs.entries()) {
      await expect.poll(() => shown(tab.page), { ...patience, message: `tab ${which}` }).toEqual(order);
    }
  }
}

/** The same numbers for the same seed. (mulberry32) */
function randomFrom(seed: number): () => number {
  let state = (seed + 1) * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
