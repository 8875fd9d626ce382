/** What was measured, and what is wanted: at most. */
export interface Row {
  what: string;
  ms: number[];
  most?: number;
}

/** Prints a table: the median, the worst, and whether that is what is wanted. */
export function table(title: string, rows: Row[]): void {
  const width = Math.max(...rows.map(({ what }) => what.length));
  const lines = rows.map(({ what, ms, most }) => {
    const wanted = most === undefined ? '' : `wanted < ${most} ms${median(ms) < most ? '' : ': OVER'}`;
    return `  ${what.padEnd(width)}  ${digits(median(ms))}  ${digits(Math.max(...ms))}  ${wanted}`;
  });
  const head = `  ${''.padEnd(width)}  ${'median'.padStart(8)}  ${'worst'.padStart(8)}`;
  console.log(['', title, head, ...lines].join('\n'));
}

export function median(all: number[]): number {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function digits(ms: number): string {
  return ms.toFixed(ms < 100 ? 1 : 0).padStart(8);
}
