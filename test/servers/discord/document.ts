import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { FieldFault } from './refusal.js';
import { faultsOf } from './schema-faults.js';

type Json = Record<string, unknown>;
type Parameter = { name: string; in: 'path' | 'query'; schema: Json; required?: boolean };
type Media = Record<string, { schema: Json }>;

/** One operation of Discord's published OpenAPI document. */
export type Operation = {
  id: string;
  method: string;
  segments: string[];
  /** Whether a bot token must be sent, may be sent, or isn't looked at. */
  auth: 'required' | 'optional';
  parameters: Parameter[];
  body?: { required: boolean; media: Media };
  responses: Record<string, { content?: Media }>;
};

/** The document is Discord's own, unchanged; what it gets wrong is mended here, with the reason beside it. */
const SOURCE = new URL('../../fixtures/discord/openapi.json', import.meta.url);

type RawOperation = {
  operationId: string;
  parameters?: Parameter[];
  security?: Record<string, unknown>[];
  requestBody?: { required?: boolean; content: Media };
  responses: Operation['responses'];
};
const raw = JSON.parse(readFileSync(SOURCE, 'utf8')) as {
  paths: Record<string, Record<string, RawOperation> & { parameters?: Parameter[] }>;
  components: { schemas: Record<string, Json> };
};

const operations: Operation[] = [];
const definitions: Record<string, Json> = {};
// Not optimised: compiling is what takes the time here, and a check costs some 10 µs either way.
const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  validateSchema: false,
  inlineRefs: false,
  code: { optimize: false },
});
const loose = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, coerceTypes: true });
const compiled = new Map<string, ValidateFunction>();

for (const instance of [ajv, loose]) {
  formats.default(instance);
  // Names of Discord's own that say no more than the pattern or length beside them.
  for (const name of ['snowflake', 'nonce']) instance.addFormat(name, true);
}

/** References point into `definitions`; unions tell their branches apart by `type`, as Discord does, for faults that say something. */
function tidy(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(tidy);
  if (typeof node !== 'object' || node === null) return node;
  const out: Json = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === 'description' && typeof value === 'string') continue;
    out[key] = key === '$ref' ? String(value).replace('#/components/schemas/', 'discord#/$defs/') : tidy(value);
  }
  // An enum's own list is narrower than the type it comes from.
  if (Array.isArray(out['enum'])) delete out['allOf'];
  const branches = (out['oneOf'] ?? out['anyOf']) as Json[] | undefined;
  if (Array.isArray(branches)) simplifyUnion(out, branches);
  return out;
}

function simplifyUnion(out: Json, branches: Json[]): void {
  const tagged = branches.map((branch) => ({ branch, tags: typeTags(branch) }));
  if (branches.every((branch) => 'const' in branch)) {
    delete out['oneOf'];
    out['enum'] = branches.map((branch) => branch['const']);
  } else if (branches.length > 1 && tagged.every(({ tags }) => tags)) {
    delete out['anyOf'];
    delete out['oneOf'];
    out['required'] = ['type'];
    out['properties'] = { type: { enum: tagged.flatMap(({ tags }) => tags) } };
    out['allOf'] = tagged.map(({ branch, tags }) => ({ if: { properties: { type: { enum: tags } } }, then: branch }));
  }
}

/** The values of `type` that mean this branch, if it is told apart that way. */
function typeTags(branch: Json): unknown[] | undefined {
  const name = typeof branch['$ref'] === 'string' ? branch['$ref'].split('/').at(-1) : undefined;
  const schema = name === undefined ? undefined : raw.components.schemas[name];
  if (!((schema?.['required'] as string[]) ?? []).includes('type')) return undefined;
  return (schema?.['properties'] as Record<string, Json> | undefined)?.['type']?.['enum'] as unknown[] | undefined;
}

for (const [name, schema] of Object.entries(raw.components.schemas)) definitions[name] = tidy(schema) as Json;
for (const name of ['ApplicationCommandUpdateRequest', 'ApplicationCommandCreateRequest']) {
  const properties = definitions[name]?.['properties'] as Record<string, Json>;
  // The document says integer; the API takes, and returns, the bit set as a decimal string.
  properties['default_member_permissions'] = { type: ['integer', 'string', 'null'], pattern: '^\\d+$', minimum: 0 };
}
for (const instance of [ajv, loose]) instance.addSchema({ $id: 'discord', $defs: definitions });

for (const [path, item] of Object.entries(raw.paths)) {
  for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
    const operation = item[method];
    if (!operation) continue;
    operations.push({
      id: operation.operationId,
      method: method.toUpperCase(),
      segments: path.split('/').slice(1),
      auth: operation.security?.some((way) => Object.keys(way).length === 0) ? 'optional' : 'required',
      parameters: tidy([...(item.parameters ?? []), ...(operation.parameters ?? [])]) as Parameter[],
      ...(operation.requestBody && {
        body: { required: operation.requestBody.required ?? false, media: operation.requestBody.content },
      }),
      responses: operation.responses,
    });
  }
}

const byShape = new Map<string, Operation[]>();
for (const operation of operations) {
  const shape = `${operation.segments.length} ${operation.segments[0]}`;
  byShape.set(shape, [...(byShape.get(shape) ?? []), operation]);
}

/** The operation of a decoded path, `'method'` if the path has none for this method, undefined if there is no such path. */
export function match(
  method: string,
  segments: string[],
): { operation: Operation; params: Record<string, string> } | 'method' | undefined {
  const fitting = (byShape.get(`${segments.length} ${segments[0]}`) ?? [])
    .filter((operation) => fits(operation.segments, segments))
    .sort((a, b) => variables(a) - variables(b));
  const least = fitting[0] && variables(fitting[0]);
  const operation = fitting.find((one) => one.method === method && variables(one) === least);
  if (!operation) return fitting.length ? 'method' : undefined;
  const params: Record<string, string> = {};
  operation.segments.forEach((name, index) => {
    if (name.startsWith('{')) params[name.slice(1, -1)] = segments[index] ?? '';
  });
  return { operation, params };
}

const variables = (operation: Operation) => operation.segments.filter((name) => name.startsWith('{')).length;

const fits = (template: string[], segments: string[]) =>
  template.length === segments.length &&
  template.every((name, index) => (name.startsWith('{') ? segments[index] !== '' : name === segments[index]));

function validator(key: string, schema: () => unknown, by = ajv): ValidateFunction {
  let found = compiled.get(key);
  if (!found) compiled.set(key, (found = by.compile(tidy(schema()) as Json)));
  return found;
}

/** What the document says against a request body; `application/json` rules hold for `payload_json` too. */
export function bodyFaults(operation: Operation, body: unknown): FieldFault[] {
  const schema = operation.body?.media['application/json']?.schema;
  if (!schema) return [];
  const check = validator(`${operation.id} body`, () => schema);
  return check(body) ? [] : faultsOf(check.errors ?? []);
}

/** Checks path and query parameters; the query's values come back as the types the document gives them. */
export function parameterFaults(operation: Operation, given: { path: Json; query: Json }): FieldFault[] {
  return (['path', 'query'] as const).flatMap((place) => {
    const parameters = operation.parameters.filter((parameter) => parameter.in === place);
    if (!parameters.length) return [];
    const check = validator(
      `${operation.id} ${place}`,
      () => ({
        type: 'object',
        properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
        required: parameters.filter(({ required }) => required).map(({ name }) => name),
      }),
      loose,
    );
    return check(given[place]) ? [] : faultsOf(check.errors ?? []);
  });
}

/** What the document says against an answer of ours: the double checking itself. */
export function answerFaults(operation: Operation, status: number, json: unknown): FieldFault[] {
  const response = operation.responses[String(status)];
  if (!response) return [{ path: [], code: 'STATUS', message: `no answer ${status} in the document` }];
  const schema = response.content?.['application/json']?.schema;
  if (!schema) return json === undefined ? [] : [{ path: [], code: 'BODY', message: `${status} carries no body` }];
  const check = validator(`${operation.id} ${status}`, () => schema);
  return check(json) ? [] : faultsOf(check.errors ?? []);
}

/** Compiles what a bot sends most, so that the first request isn't the slow one (some 10 ms each). */
export function warm(ids: readonly string[]): void {
  for (const operation of operations) {
    if (!ids.includes(operation.id)) continue;
    bodyFaults(operation, {});
    parameterFaults(operation, { path: {}, query: {} });
  }
}
