import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * The import table of docs/architecture.md, as lint: a place may not import what stands beside it here.
 * command → guard → record downwards only; a noun never another noun's commands; doors never each other nor the database.
 */
const upwards = [
  { target: 'src/core/record', from: ['src/core/guard', 'src/core/command'] },
  { target: 'src/core/guard', from: ['src/core/command'] },
];
const nouns = [
  'parties',
  'packs',
  'approvals',
  'mails',
  'desk',
  'orders',
  'sites',
  'opportunities',
  'certificates',
  'devices',
  'organisations',
  'customers',
  'domains',
  'owners',
  'renewals',
  'registrar',
  'billing',
  'support',
];
const lower = ['record', 'guard', 'command', 'locales'];
const doors = ['bot', 'mail', 'web', 'cli'];
const zones = [
  ...upwards.flatMap(({ target, from }) =>
    from.map((one) => ({
      target: `./${target}`,
      from: `./${one}`,
      message: 'downwards only: command → guard → record',
    })),
  ),
  ...lower.flatMap((place) =>
    nouns.map((noun) => ({
      target: `./src/core/${place}`,
      from: `./src/core/${noun}`,
      message: 'the core machinery knows no noun',
    })),
  ),
  ...nouns.flatMap((noun) =>
    nouns
      .filter((other) => other !== noun)
      .map((other) => ({
        target: `./src/core/${noun}`,
        from: `./src/core/${other}/*commands.ts`,
        message: 'a noun may use the rules of another, never its commands',
      })),
  ),
  ...doors.flatMap((door) => [
    ...doors
      .filter((other) => other !== door)
      .map((other) => ({ target: `./src/${door}`, from: `./src/${other}`, message: 'doors do not know each other' })),
    { target: `./src/${door}`, from: './src/core/record/database.ts', message: 'doors never reach the database' },
    { target: `./src/${door}`, from: './src/core/record/generated', message: 'doors never reach the database' },
    { target: `./src/${door}`, from: './src/main.ts', message: 'nothing imports main' },
  ]),
  ...doors.map((door) => ({ target: './src/core', from: `./src/${door}`, message: 'the core knows no door' })),
  // a registrar's interface fills a port of the core; like a door it has no database, and knows no door
  ...[...doors, 'core'].flatMap((place) => [
    { target: `./src/${place}`, from: './src/registrar', message: 'only main knows which registrar there is' },
  ]),
  ...[...doors, 'main.ts', 'core/record/database.ts', 'core/record/generated'].map((from) => ({
    target: './src/registrar',
    from: `./src/${from}`,
    message: 'a registrar fills the port of core/registrar/registrar.ts, and knows no door and no database',
  })),
];

export default tseslint.config(
  { ignores: ['dist', 'src/core/record/generated', 'data', 'coverage'] },
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
