#!/usr/bin/env node
// The terminal door. It runs inside the clone and builds first if that is needed; see src/cli.ts.
import { ready } from '../scripts/ready.mjs';

await ready({ quiet: true });
const { main } = await import('../dist/cli.js');
process.exitCode = await main(process.argv.slice(2));
