/** `npm run mail:replay`: what a script sees of it. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'guichet-mails-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function replay(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['scripts/mail-replay.mjs', ...args], { cwd: root, encoding: 'utf8' });
}

const give = (name: string, as = name): void =>
  copyFileSync(join(root, 'test', 'fixtures', 'mail', `${name}.eml`), join(dir, `${as}.eml`));

test('a line a mail, in order, of folders too; what is no mail is left out', { timeout: 120_000 }, () => {
  mkdirSync(join(dir, 'b'));
  give('form-plain-fr');
  give('auto-sieve', 'b/auto');
  give('from-two-headers', 'c');
  writeFileSync(join(dir, 'notes.txt'), 'no mail');
  const giant = Buffer.alloc(27 * 1024 * 1024, 'a\n');
  giant.write('From: anna@partner.example\nSubject: big\n\n');
  writeFileSync(join(dir, 'd.EML'), giant);

  const { status, stdout, stderr } = replay(dir, '--json');
  expect([status, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(said.map(({ file, outcome, reason }) => [file, outcome, reason])).toEqual([
    ['b/auto.eml', 'ignored', 'auto-submitted'],
    ['c.eml', 'held', expect.stringContaining('exactly one From')],
    ['d.EML', 'answered', 'no command'],
    ['form-plain-fr.eml', 'answered', 'declare new: access.denied'],
  ]);
  for (const line of said) expect(Object.keys(line)).toEqual(['file', 'outcome', 'reason', 'ms', 'mb']);
  for (const { ms } of said) expect(ms).toBeGreaterThan(0);

  const plain = replay(dir);
  expect(plain.status).toBe(0);
  expect(plain.stdout).toMatch(/^c\.eml\theld\t.*\t[\d.]+ ms\t[\d.]+ MB$/m);
  expect(plain.stdout.trimEnd().split('\n')).toHaveLength(4);
  expect(plain.stderr).toBe('4 mails: 2 answered, 1 ignored, 1 held\n');
});

test.each([
  ['no folder', () => []],
  ['one that is not there', () => [join(dir, 'nowhere')]],
  ['one without mails', () => [dir]],
])('%s: exit 2', (_what, args) => {
  const { status, stdout, stderr } = replay(...args());
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).not.toBe('');
});
