import { appendFileSync } from 'node:fs';

import type { FullConfig, FullResult, Reporter, Suite, TestCase } from '@playwright/test/reporter';

/** How much of a failure is said: what was expected and what was there, not the whole call log. */
const LINES = 8;
const WIDTH = 160;

/**
 * Writes down in `LAST_WORDS`, a file, why each failed test failed, if only once, in a few lines each. `scripts/test` ends with
 * them: whoever has only the end of a log still learns what broke.
 */
export default class LastWords implements Reporter {
  private suite?: Suite;

  onBegin(_: FullConfig, suite: Suite): void {
    this.suite = suite;
  }

  onEnd(_: FullResult): void {
    const file = process.env.LAST_WORDS;
    if (!file || !this.suite) return;
    for (const test of this.suite.allTests().filter((test) => !test.ok() || test.outcome() === 'flaky')) {
      const once = test.ok() ? ' (passed when tried again)' : '';
      appendFileSync(file, `${test.titlePath().slice(2).join(' › ')}${once}\n${why(test)}\n`);
    }
  }

  printsToStdio(): boolean {
    return false;
  }
}

function why(test: TestCase): string {
  return test.results
    .flatMap(({ errors }) => errors)
    .flatMap((error) => {
      // A step that failed keeps what it rests on below it.
      const words = [error.message ?? error.value ?? '', error.cause?.message ?? ''].filter(Boolean);
      return [...words, error.snippet?.split('\n').find((line) => line.includes('> ')) ?? ''];
    })
    .flatMap((words) => words.replace(/\u001b\[\d+m/g, '').split('\n'))
    .filter((line) => line.trim() !== '')
    .slice(0, LINES)
    .map((line) => `    ${line.slice(0, WIDTH)}`)
    .join('\n');
}
