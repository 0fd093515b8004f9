/**
 * `npm run house`: the shape of `src/` in figures, to compare one design with another. Prints a table; `--json` for
 * scripts. What a program needs to run counts (values); an import of types alone is no way from one file to another.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { root } from './ready.mjs';

const src = join(root, 'src');

function* filesIn(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) {
      if (name !== 'generated') yield* filesIn(path);
    } else if (name.endsWith('.ts')) yield path;
  }
}

const files = new Map(
  [...filesIn(src)].map((path) => {
    const text = readFileSync(path, 'utf8');
    return [path, { text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) }];
  }),
);
const count = (pattern) => [...files.values()].reduce((sum, { text }) => sum + (text.match(pattern)?.length ?? 0), 0);

/** Files that a file needs to run. */
function importsOf(path, { tree }) {
  return tree.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const from = statement.moduleSpecifier?.text;
    const clause = statement.importClause ?? statement.exportClause;
    const named = clause?.namedBindings ?? clause;
    const everyIsType =
      statement.importClause?.isTypeOnly ||
      statement.isTypeOnly ||
      (!clause?.name && named?.elements?.length > 0 && named.elements.every(({ isTypeOnly }) => isTypeOnly));
    if (!from?.startsWith('.') || everyIsType) return [];
    const target = join(dirname(path), from).replace(/\.js$/, '.ts');
    return files.has(target) ? [target] : [];
  });
}

/** Tarjan's: the sets whose members all reach each other. */
function knots(edges) {
  const state = new Map();
  const stack = [];
  const found = [];
  const visit = (node) => {
    const own = { index: state.size, low: state.size, open: true };
    state.set(node, own);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!state.has(next)) own.low = Math.min(own.low, visit(next).low);
      else if (state.get(next).open) own.low = Math.min(own.low, state.get(next).index);
    }
    if (own.low === own.index) {
      const members = stack.splice(stack.indexOf(node));
      for (const member of members) state.get(member).open = false;
      if (members.length > 1) found.push(members.sort());
    }
    return own;
  };
  for (const node of edges.keys()) if (!state.has(node)) visit(node);
  return found.sort((a, b) => b.length - a.length);
}

const fileEdges = new Map([...files].map(([path, file]) => [path, new Set(importsOf(path, file))]));
/** A place of the house: a programme's folder, a folder of the core, or a door. */
const placeOf = (path) => {
  const parts = relative(src, path).split('/');
  const depth = parts[1] === 'programmes' ? 3 : parts[0] === 'core' ? 2 : 1;
  return parts.slice(0, Math.min(depth, parts.length - 1)).join('/') || '.';
};
const placeEdges = new Map();
for (const [from, targets] of fileEdges)
  for (const to of targets) {
    const [a, b] = [placeOf(from), placeOf(to)];
    if (!placeEdges.has(a)) placeEdges.set(a, new Set());
    if (a !== b) placeEdges.get(a).add(b);
  }

const functions = [];
const walk = (node, tree) => {
  if (ts.isFunctionLike(node) && node.body) {
    const line = (at) => tree.getLineAndCharacterOfPosition(at).line;
    functions.push({ lines: line(node.end) - line(node.getStart(tree)) + 1, parameters: node.parameters.length });
  }
  ts.forEachChild(node, (child) => walk(child, tree));
};
for (const { tree } of files.values()) walk(tree, tree);

const at = (values, share) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const spread = (values) => ({ median: at(values, 0.5), p90: at(values, 0.9), max: Math.max(...values) });
const lines = [...files.values()].map(({ text }) => text.split('\n').length - 1);
const models = readFileSync(join(root, 'prisma/models.prisma'), 'utf8');
const [fileKnot = []] = knots(fileEdges);
const [placeKnot = []] = knots(placeEdges);

/** Files outside a command's own that name it: what adding one like it touches. */
function touchedBy(name) {
  const own = [...files].find(([, { text }]) => text.includes(`name: '${name}'`));
  const constant = own && new RegExp(`export const (\\w+) = command\\(\\{\\s*name: '${name}'`).exec(own[1].text)?.[1];
  const code = own && /code: '([a-z]+\.[a-z-]+)'/.exec(own[1].text.slice(own[1].text.indexOf(`name: '${name}'`)))?.[1];
  const marks = [`'${name}'`, constant && `${constant}`, code && `'${code}'`].filter(Boolean);
  return (
    [...files].filter(([path, { text }]) => path !== own?.[0] && marks.some((mark) => text.includes(mark))).length + 1
  );
}

const figures = {
  'files in src': files.size,
  'lines in src': lines.reduce((sum, one) => sum + one, 0),
  'lines a file (median, 90 %, most)': Object.values(spread(lines)).join(', '),
  'lines a function (median, 90 %, most)': Object.values(spread(functions.map((one) => one.lines))).join(', '),
  'functions of more than three parameters': functions.filter(({ parameters }) => parameters > 3).length,
  'files in the largest cycle': fileKnot.length,
  'places in the largest knot': placeKnot.length,
  'statements written by hand': count(/\$(query|execute)Raw(Unsafe)?\b/g),
  'values read by a key in text (d[…])': count(/\bd\['/g),
  'models, relations, enums': [
    (models.match(/^model /gm) ?? []).length,
    (models.match(/@relation\([^)]*fields:/g) ?? []).length,
    (models.match(/^enum /gm) ?? []).length,
  ].join(', '),
  'files a command like “domain tag” is named in': touchedBy('domain tag'),
};

if (process.argv.includes('--json'))
  console.log(JSON.stringify({ ...figures, placeKnot, fileKnot: fileKnot.map((path) => relative(root, path)) }));
else {
  const width = Math.max(...Object.keys(figures).map((key) => key.length));
  for (const [key, value] of Object.entries(figures)) console.log(`${key.padEnd(width)}  ${value}`);
  if (placeKnot.length > 0) console.log(`\nthe largest knot: ${placeKnot.join(', ')}`);
}
