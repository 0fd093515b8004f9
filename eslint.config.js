import { readdirSync, readFileSync } from 'node:fs';
import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * The import table of docs/architecture.md, as lint: a place may not import what stands beside it here.
 * command → guard → what lies below them, downwards only; a programme never another's commands; doors never each other nor
 * the database. Folders and files are looked up, so that a new one is under the rules from its first day.
 */
const core = './src/core';
const foldersIn = (path) =>
  readdirSync(path, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []));
const programmes = foldersIn(`${core}/programmes`);
const above = ['command', 'guard'];
const below = ['database', 'catalogue', 'letters', 'tables', 'papers', 'text', 'threads', 'secrets', 'documents'];
const doors = ['bot', 'mail', 'web', 'cli'];
/** Files that declare commands: those that the registry is made from. */
const commands = [
  ...readFileSync(`${core}/programmes/index.ts`, 'utf8').matchAll(/from '\.\/([\w-]+)\/([\w-]+)\.js'/g),
].map(([, programme, file]) => ({ programme, path: `${core}/programmes/${programme}/${file}.ts` }));
const barred = (target, from, message) => ({ target, from, message });
const zones = [
  ...below.flatMap((place) =>
    above.map((one) => barred(`${core}/${place}`, `${core}/${one}`, 'downwards only: command → guard → below')),
  ),
  barred(`${core}/guard`, `${core}/command`, 'downwards only: command → guard → below'),
  ...[...below, ...above, 'locales'].flatMap((place) => [
    barred(`${core}/${place}`, `${core}/programmes`, 'the core machinery knows no programme'),
    barred(`${core}/${place}`, `${core}/ports`, 'ports are for doors'),
  ]),
  ...programmes.flatMap((programme) => [
    barred(`${core}/programmes/${programme}`, `${core}/ports`, 'ports are for doors'),
    ...commands
      .filter((one) => one.programme !== programme)
      .map(({ path }) =>
        barred(`${core}/programmes/${programme}`, path, 'a programme may use the rules of another, never its commands'),
      ),
  ]),
  ...doors.flatMap((door) => [
    ...doors
      .filter((other) => other !== door)
      .map((other) => barred(`./src/${door}`, `./src/${other}`, 'doors do not know each other')),
    barred(`./src/${door}`, `${core}/database/connect.ts`, 'doors never reach the database'),
    barred(`./src/${door}`, `${core}/database/generated`, 'doors never reach the database'),
    barred(`./src/${door}`, './src/main.ts', 'nothing imports main'),
    barred(core, `./src/${door}`, 'the core knows no door'),
  ]),
  // a registrar's interface fills a port of the core; like a door it has no database, and knows no door
  ...[...doors, 'core'].map((place) =>
    barred(`./src/${place}`, './src/registrar', 'only main knows which registrar there is'),
  ),
  ...[...doors, 'main.ts', 'core/database/connect.ts', 'core/database/generated'].map((from) =>
    barred(
      './src/registrar',
      `./src/${from}`,
      'a registrar fills its programme’s port, and knows no door and no database',
    ),
  ),
];

export default tseslint.config(
  { ignores: ['dist', 'src/core/database/generated', 'data', 'coverage'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createNodeResolver({ extensions: ['.ts', '.js'], extensionAlias: { '.js': ['.ts', '.js'] } }),
      ],
      // without these, what a .ts file imports is not looked at, and no cycle is seen
      'import-x/extensions': ['.ts', '.js'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
      // an interface that promises is kept by functions with nothing to wait for
      '@typescript-eslint/require-await': 'off',
      'max-params': ['error', 3],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'the environment is read in settings.ts only' },
      ],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-restricted-paths': ['error', { zones }],
    },
  },
  { files: ['src/settings.ts', 'test/**/*.ts', '*.config.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
          message: 'randomness is injected',
        },
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: 'the clock is injected',
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-params': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      'no-regex-spaces': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        Buffer: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        performance: 'readonly',
        fetch: 'readonly',
      },
    },
  },
);
