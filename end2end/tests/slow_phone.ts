import { type BrowserContextOptions, type CDPSession, type Page } from '@playwright/test';

/** As wide as a phone, and touched. */
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

/** Slow 4G and a processor of a quarter of this one's speed, with nothing of the page at hand. */
export async function slowPhone(page: Page, { cold = true, network = true } = {}): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: cold });
  if (network) {
    const bytes = (1.6 * 1_000_000) / 8;
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 150,
      downloadThroughput: bytes,
      uploadThroughput: bytes,
    });
  }
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  return session;
}

/** What a page notes of its own beginning. */
export interface Beginning {
  /** The largest piece that was painted: when, and where it is. */
  lcp: number;
  inMessages: boolean;
  lcpElement: string;
  /** How much of what was painted has moved since (CLS, all of it). */
  shifts: number;
  shifted: string[];
  /** Since when scripts have the page; 0: not yet. */
  hydrated: number;
}

declare global {
  interface Window {
    beginning: Beginning;
  }
}

/** To be called before the page is opened. */
export async function watchBeginning(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const noted: Beginning = { lcp: 0, inMessages: false, lcpElement: '', shifts: 0, shifted: [], hydrated: 0 };
    window.beginning = noted;
    const name = (node?: Node | null) =>
      node instanceof Element ? `${node.tagName.toLowerCase()}.${node.getAttribute('class') ?? ''}` : (node?.nodeName ?? '');
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { element?: Element })[]) {
        noted.lcp = entry.startTime;
        noted.inMessages = !!entry.element?.closest('.messages');
        noted.lcpElement = name(entry.element);
      }
    }).observe({ type: 'largest-contentful-paint', buffered: true });
    type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node?: Node }[] };
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries() as Shift[]) {
        if (shift.hadRecentInput) continue;
        noted.shifts += shift.value;
        noted.shifted.push(...shift.sources.map(({ node }) => name(node)));
      }
    }).observe({ type: 'layout-shift', buffered: true });
    const begun = new MutationObserver(() => {
      if (document.documentElement?.dataset.hydrated === undefined) return;
      noted.hydrated = performance.now();
      begun.disconnect();
    });
    begun.observe(document, { attributes: true, childList: true, subtree: true, attributeFilter: ['data-hydrated'] });
  });
}

export function beginning(page: Page): Promise<Beginning> {
  return page.evaluate(() => window.beginning);
}
