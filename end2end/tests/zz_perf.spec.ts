import { expect, test } from './fixtures';
import { field, message, open, settle } from './people';
import { newClient } from './scenes';
test('perf', async ({ newPerson, server }) => {
  test.setTimeout(200_000);
  await settle(server);
  const [anna, boris, vera] = await Promise.all(['Анна', 'Борис', 'Вера'].map((n) => newClient(server, n)));
  const long = await anna.room('Длинная', [boris, vera]);
  const N = Number(process.env.N ?? 3000);
  await Promise.all([anna, boris, vera].map((a) => a.fill(long, Math.ceil(N / 3), (i) => `строка ${i}. Кто возьмёт котелок, а **кто** палатку?`)));
  const { page, context } = await newPerson('Анна', { viewport: { width: 1280, height: 800 } });
  await anna.enter(context);
  await anna.read(long, await boris.post(long, 'последняя'));
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const metrics = async () => Object.fromEntries((await session.send('Performance.getMetrics')).metrics.map((m) => [m.name, m.value]));
  const report = async (label: string, run: () => Promise<void>) => {
    const a = await metrics(); await run(); await page.waitForTimeout(600); const b = await metrics();
    console.log(label, ['TaskDuration', 'ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'].map((k) => `${k} ${((b[k] - a[k]) * 1000).toFixed(0)}`).join(' '), 'layouts', b.LayoutCount - a.LayoutCount, 'styles', b.RecalcStyleCount - a.RecalcStyleCount, 'nodes', b.Nodes);
  };
  const go = async (label: string) => {
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    await report(label + ' key', async () => { await field(page).click(); await page.keyboard.press('o'); });
    await report(label + ' send', async () => { await page.keyboard.press('Enter'); });
    await page.keyboard.type('ещё'); await page.waitForTimeout(1500);
    await report(label + ' send2', async () => { await page.keyboard.press('Enter'); });
    await report(label + ' news', async () => { await boris.post(long, 'новость'); });
    await report(label + ' idle', async () => {});
    await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  };
  await open(page, long);
  await go('few');
  await page.evaluate(async (wanted) => {
    const scroller = document.querySelector('.messages')!;
    while (scroller.querySelectorAll('.message').length < wanted) { scroller.scrollTo(0, -scroller.scrollHeight); await new Promise((r) => setTimeout(r, 30)); }
  }, N);
  await page.locator('.jump').click();
  await page.waitForTimeout(2000);
  await go('many');
  console.log(await page.evaluate(() => JSON.stringify({ chunks: document.querySelectorAll('.chunk').length, seen: document.querySelectorAll('.chunk--seen').length, groups: document.querySelectorAll('.group').length })));
});
