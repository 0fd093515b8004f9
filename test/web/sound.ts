/** What every page has to be, as a browser sees it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** No serious fault for people with assistive technology, nothing wider than a phone, in the light and in the dark. */
export async function soundPage(at: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await at.emulateMedia({ colorScheme });
    await at.evaluate(axeSource);
    const violations = await at.evaluate<Violation[]>(
      'axe.run(document, { iframes: false }).then(({ violations }) => violations)',
    );
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(
      serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
      at.url(),
    ).toEqual([]);
  }
  const size = at.viewportSize();
  await at.setViewportSize({ width: 320, height: 640 });
  expect(await at.evaluate('document.documentElement.scrollWidth'), `${at.url()} at 320 pixels`).toBeLessThanOrEqual(
    320,
  );
  if (size) await at.setViewportSize(size);
}
