/** `npm run simulate:year [domains]`: the year as a table, then what it had to keep; ends with 1 naming what was not. */
import { judge } from './checks.js';
import { monthsOf, simulateYear } from './year.js';

const domains = Number(process.argv[2] ?? 1_000);
if (!Number.isInteger(domains) || domains < 24) {
  console.error('How many domains? A number from 24 on.');
  process.exit(1);
}
const began = performance.now();
const year = await simulateYear({ domains, registrations: Math.ceil(domains / 8) }, (month) => {
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  console.error(`${month.slice(0, 7)} simulated (${seconds} s)`);
});
const rows = await monthsOf(year);
const columns = Object.keys(rows[0] ?? {}) as (keyof (typeof rows)[number])[];
console.log(`| ${columns.join(' | ')} |`);
console.log(`| ${columns.map((name) => (name === 'month' ? '---' : '---:')).join(' | ')} |`);
for (const row of rows) console.log(`| ${columns.map((name) => row[name]).join(' | ')} |`);
console.log('');
for (const { promise, of, broken } of await judge(year)) {
  const kept = broken.length === 0 && of > 0;
  console.log(`${kept ? 'kept  ' : 'BROKEN'} ${promise} (${of})`);
  for (const one of broken.slice(0, 10)) console.log(`         ${one}`);
  if (broken.length > 10) console.log(`         and ${broken.length - 10} more`);
  if (!kept) process.exitCode = 1;
}
console.log(`\n${domains} domains, ${((performance.now() - began) / 1_000).toFixed(0)} s`);
await year.world.close();
