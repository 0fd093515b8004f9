/**
 * `node --import ./test/servers/typescript.mjs file.ts`: lets Node run our TypeScript as it is, for tests that need a
 * process of their own. Node 20 can't by itself.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Node loads this file twice: with the program (and each thread it starts), where it names itself as hooks, and there.
if (!import.meta.url.endsWith('?hooks')) register(`${import.meta.url}?hooks`);

export async function resolve(specifier, context, next) {
  if (/^(\.|file:)/.test(specifier) && specifier.endsWith('.js')) {
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(source)) return { url: source.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  return { format: 'module', source: await translated(readFileSync(fileURLToPath(url), 'utf8')), shortCircuit: true };
}

/** Kept by content: several processes of one test load the same files, and the compiler alone takes a second to load. */
const kept = fileURLToPath(new URL('../../node_modules/.cache/guichet-typescript', import.meta.url));

async function translated(text) {
  const file = join(kept, createHash('sha256').update(text).digest('hex'));
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const { default: ts } = await import('typescript');
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true },
  });
  mkdirSync(kept, { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, outputText);
  renameSync(draft, file);
  return outputText;
}
