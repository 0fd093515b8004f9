/**
 * `npm test`: installs what the tests need and runs them all, ending with a line of its own: `N passed, N failed`.
 * As root on Debian the servers (PostgreSQL, Dovecot, Chromium) are installed too; otherwise suites whose server is
 * missing are listed as skipped, which with CI=true is a failure. Arguments go to vitest: `npm test -- test/mail`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checks } from './check.mjs';
import { ready, root } from './ready.mjs';

const onPath = (name) =>
  (process.env.PATH ?? '')
    .split(':')
    .concat('/usr/sbin')
    .some((folder) => existsSync(join(folder, name)));
const postgres = () =>
  onPath('initdb') || (existsSync('/usr/lib/postgresql') && readdirSync('/usr/lib/postgresql').length > 0);

const servers = [
  { name: 'PostgreSQL', here: postgres, packages: ['postgresql'] },
  { name: 'Dovecot', here: () => onPath('dovecot'), packages: ['dovecot-core', 'dovecot-imapd', 'dovecot-lmtpd'] },
  {
    name: 'Chromium',
    here: () => onPath('chromium') || onPath('chromium-browser') || onPath('google-chrome'),
    packages: ['chromium'],
  },
  { name: 'Poppler', here: () => onPath('pdftotext'), packages: ['poppler-utils'] },
  { name: 'ZBar', here: () => onPath('zbarimg'), packages: ['zbar-tools'] },
  { name: 'OpenSSL', here: () => onPath('openssl'), packages: ['openssl'] },
];

function installServers() {
  const missing = servers.filter(({ here }) => !here());
  if (missing.length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log(`Installing ${missing.map(({ name }) => name).join(', ')} …`);
    // no service is started by installing one: the tests start their own
    const env = { ...process.env, RUNLEVEL: '1', DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args) =>
      spawnSync('apt-get', ['-q', '-y', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    apt('update');
    apt('install', '--no-install-recommends', ...missing.flatMap(({ packages }) => packages));
  }
  const absent = servers.filter(({ here }) => !here()).map(({ name }) => name);
  for (const name of absent) console.log(`skipped: the suites that need ${name}, which is not installed`);
  return absent;
}

await ready();
const absent = installServers();
const args = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0 };
if (args.length === 0) {
  for (const { name, ok } of checks()) {
    counts[ok ? 'passed' : 'failed'] += 1;
    console.log(`${ok ? '✓' : '✗'} ${name}`);
  }
}
const folder = mkdtempSync(join(tmpdir(), 'guichet-test-'));
const report = join(folder, 'report.json');
const vitest = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...args,
  ],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  counts.passed += numPassedTests;
  // a file that could not even be loaded has no failed test of its own
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((one) => one.status !== 'failed'),
  ).length;
  counts.failed += numFailedTests + (numFailedTestSuites > 0 ? broken : 0);
  counts.skipped += numPendingTests;
} else counts.failed += 1;
rmSync(folder, { recursive: true, force: true });
const strict = process.env.CI === 'true' && absent.length > 0;
if (strict) counts.failed += absent.length;
if (vitest.status !== 0 && counts.failed === 0) counts.failed = 1;
console.log(
  `\n${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
);
process.exitCode = counts.failed > 0 ? 1 : 0;
