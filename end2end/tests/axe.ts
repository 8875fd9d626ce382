import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Looks at page after page, and says at the end everything that was wrong. */
export class Inspection {
  /** What is wrong, and in which states: one fault stands on many pages. */
  private readonly wrong = new Map<string, string[]>();
  private readonly unsure = new Set<string>();
  private looked = 0;

  constructor(
    private readonly page: Page,
    private readonly title: string,
  ) {}

  /**
   * Brings the page into a state, and looks at it. What can't be reached is said as well, and doesn't keep from
   * looking at the rest.
   */
  async state(name: string, reach?: () => Promise<unknown>): Promise<void> {
    try {
      await reach?.();
    } catch (error) {
      const [first] = (error instanceof Error ? error.message : String(error)).split('\n');
      this.note(`can't be reached: ${first}`, name);
      return;
    }
    await this.look(name);
  }

  async look(name: string): Promise<void> {
    // With its style sheet.
    await this.page.waitForLoadState();
    // There are no frames, so nothing has to be joined together in a page of its own.
    const found = await new AxeBuilder({ page: this.page }).withTags(TAGS).setLegacyMode().analyze();
    this.looked += 1;
    for (const { id, help, nodes } of found.violations) {
      for (const node of nodes) {
        const what = (node.failureSummary ?? '').split('\n').slice(1).map((line) => line.trim());
        // Messages are many, and each has an id.
        const target = node.target.join(' ').replace(/#m\d+/, '#m…');
        this.note(`${id} (${help})\n    ${target}\n    ${what.join('\n    ')}`, name);
      }
    }
    for (const { nodes } of found.incomplete.filter(({ id }) => id === 'color-contrast')) {
      for (const node of nodes) {
        const why = node.any.map((check) => `${check.data?.messageKey ?? check.message}`).join(', ');
        this.unsure.add(`${node.target.join(' ')}: ${why}`);
      }
    }
  }

  private note(fault: string, state: string): void {
    const states = this.wrong.get(fault) ?? [];
    if (!states.includes(state)) states.push(state);
    this.wrong.set(fault, states);
  }

  /** To be called last. Contrasts that can't be computed are printed, for somebody to look at. */
  done(): void {
    if (this.unsure.size > 0) {
      console.log(`${this.title}: contrasts to look at\n  ${[...this.unsure].join('\n  ')}`);
    }
    expect(this.looked).toBeGreaterThan(0);
    const faults = [...this.wrong].map(([fault, states]) => `${fault}\n    in: ${states.join('; ')}`);
    expect(faults.length, `${this.title}: ${this.looked} states\n\n${faults.join('\n\n')}\n`).toBe(0);
  }
}
