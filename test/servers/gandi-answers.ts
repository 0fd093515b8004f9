/** What the Gandi double answers when nothing goes wrong: shapes and statuses of the public documentation. */
import { bodies, type GandiBooks, type PaidKind } from './gandi-books.js';

/** What a call is for. */
export type PlainRoute =
  'organisations' | 'list' | 'details' | 'create status' | 'transfer status' | 'reachability' | PaidKind;

export const reseller = 'f2a1c0de-0000-4000-8000-00000000cafe';
const statuses: Readonly<Record<number, [string, string]>> = {
  400: ['Bad Request', 'HTTPBadRequest'],
  401: ['Unauthorized', 'HTTPUnauthorized'],
  402: ['Payment Required', 'HTTPPaymentRequired'],
  403: ['Forbidden', 'HTTPForbidden'],
  404: ['Not Found', 'HTTPNotFound'],
  409: ['Conflict', 'HTTPConflict'],
  429: ['Too Many Requests', 'HTTPTooManyRequests'],
};

/** Sent as it is; a text is no JSON. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const refusal = (code: number, message: string): Answer => {
  const [cause, object] = statuses[code] ?? ['', ''];
  return { status: code, body: { cause, code, message, object } };
};
const invalid = (errors: { description: string; name: string }[]) => ({
  status: 'error',
  errors: errors.map((error) => ({ ...error, location: 'body' })),
});

export interface Asked {
  readonly name: string;
  readonly dry: boolean;
  readonly body: string;
  readonly query: URLSearchParams;
}

/** @param root where the double listens */
export function createAnswers(books: GandiBooks, root: () => string): (route: PlainRoute, asked: Asked) => Answer {
  function carryOut(route: PlainRoute, asked: Asked): Answer {
    const { name, query } = asked;
    switch (route) {
      case 'organisations':
        return {
          status: 200,
          body: [
            { id: '11111111-1111-4111-8111-111111111111', name: 'alice_doe', type: 'individual', reseller: false },
            { id: reseller, name: 'Maison Lumen', type: 'company', reseller: true, corporate: false },
          ],
        };
      case 'list': {
        const fqdn = query.get('fqdn') ?? '';
        const held = books.account.get(fqdn);
        return { status: 200, body: held ? [{ fqdn, id: held.id, status: held.status, autorenew: false }] : [] };
      }
      case 'details':
        return books.account.has(name) ? { status: 200, body: detailsOf(name) } : refusal(404, 'Unknown domain');
      case 'create status':
      case 'transfer status':
        return statusOf(name, route === 'create status' ? 'create' : 'transfer');
      case 'reachability':
        if (!bodies.reachability.safeParse(json(asked.body)).success) return refusal(400, 'Invalid body');
        if (!books.account.has(name)) return refusal(404, 'Unknown domain');
        books.resent.push(name);
        return { status: 202, body: { message: 'The email will be sent again.' } };
      default:
        return order(route, asked);
    }
  }

  function order(kind: PaidKind, { name: inPath, dry, body, query }: Asked): Answer {
    const given = bodies[kind].safeParse(json(body));
    if (!given.success) {
      const errors = given.error.issues.map(({ path, message }) => ({ name: path.join('.'), description: message }));
      return dry
        ? { status: 200, body: invalid(errors) }
        : { status: 400, body: { ...(refusal(400, 'Invalid parameters').body as object), ...invalid(errors) } };
    }
    const data: { fqdn?: string; duration?: number; authinfo?: string; owner?: never } = given.data;
    const name = data.fqdn ?? inPath;
    const against = books.against(kind, name, data.authinfo);
    if (against !== undefined) {
      if (dry) return { status: 200, body: invalid([{ name: 'fqdn', description: against }]) };
      return refusal(against === 'Unknown domain' ? 404 : 409, against);
    }
    if (dry) return { status: 200, body: { status: 'success' } };
    const payer = query.get('sharing_id') ?? undefined;
    books.sell({ kind, name, years: data.duration ?? 1, payer, ...(data.owner ? { owner: data.owner } : {}) });
    const location = `${root()}/domain/domains/${name}`;
    return { status: 202, body: { message: 'Domain operation created.' }, headers: { location } };
  }

  function detailsOf(name: string) {
    const held = books.account.get(name);
    return {
      ...{
        id: held?.id,
        fqdn: name,
        fqdn_unicode: name,
        tld: name.slice(name.indexOf('.') + 1),
        tags: [],
        services: [],
      },
      ...{ status: held?.status, reachability: held?.reachability, can_tld_lock: true, authinfo: '8vyhljvJg+' },
      dates: { created_at: '2019-02-13T11:04:18Z', registry_ends_at: `${held?.endsOn}T10:04:18Z` },
      sharing_space: { id: reseller, name: 'Maison Lumen', type: 'organization', reseller: true },
    };
  }

  function statusOf(name: string, kind: PaidKind): Answer {
    const operation = books.operations.get(name);
    if (operation?.sale.kind !== kind) return refusal(404, 'The resource could not be found.');
    const { step, label } = operation;
    return {
      status: 200,
      body: { step, step_nb: 3, ...(label ? { errortype: 'registry', errortype_label: label } : {}) },
    };
  }

  return carryOut;
}

const json = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};
