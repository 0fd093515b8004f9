/**
 * Gandi as the desk's registrar, by its public v5 interface (docs/registrar.md). A domain is ordered for a customer with the
 * reseller organisation's id as `sharing_id` and the customer as owner; Gandi makes its own customer of that.
 */
import type { z } from 'zod';
import type {
  Checked,
  Denied,
  Held,
  Known,
  Later,
  Ordered,
  OwnerReach,
  Registrar,
  RegistrarOrder,
} from '../core/programmes/registrar/registrar.js';
import { gandiCaller, productionRoot, type Call, type CallOptions, type Reply } from './call.js';
import { contactOf } from './contact.js';
import * as shapes from './shapes.js';

const reasonAtMost = 300;
const suspending = new Set(['clientHold', 'serverHold']);
const reach: Readonly<Record<string, OwnerReach>> = { pending: 'pending', done: 'done', failed: 'failed' };
/** Kinds whose POST takes `Dry-Run: 1`. */
const checkable = new Set(['register', 'transfer', 'renew']);

type Answer = Extract<Reply, { kind: 'answer' }>;

const later = (reason: string, retryAt?: Date): Later => ({
  result: 'later',
  reason,
  ...(retryAt ? { retryAt } : {}),
});

/** What is no answer, for what changes nothing: it can be asked again whatever became of it. */
const unanswered = (reply: Exclude<Reply, Answer>): Later | Denied =>
  reply.kind === 'denied'
    ? { result: 'denied', reason: reply.reason }
    : later(reply.reason, 'retryAt' in reply ? reply.retryAt : undefined);

const parsed = <T extends z.ZodType>(shape: T, { body }: Answer): z.output<T> | undefined => shape.safeParse(body).data;

export function gandiRegistrar(options: CallOptions): Registrar {
  const call = gandiCaller(options);
  const given = new URL(options.root ?? productionRoot).searchParams.get('sharing_id');
  let payer: string | null | undefined = given ?? undefined;

  const of = (name: string, more = ''): string => `/domain/domains/${encodeURIComponent(name)}${more}`;

  /** Who pays: the reseller organisation that the token reaches; null when it reaches none, and its own pays. */
  async function payerOf(): Promise<{ id: string | null } | Later | Denied> {
    if (payer !== undefined) return { id: payer };
    const reply = await call({ method: 'GET', path: '/organization/organizations' });
    if (reply.kind !== 'answer') return unanswered(reply);
    const list = reply.status === 200 ? parsed(shapes.organisationList, reply) : undefined;
    if (!list) return later(`organisations: HTTP ${reply.status}`);
    payer = list.find(({ reseller }) => reseller)?.id ?? null;
    return { id: payer };
  }

  async function details(name: string): Promise<Held | Later | Denied> {
    const reply = await call({ method: 'GET', path: of(name) });
    if (reply.kind !== 'answer') return unanswered(reply);
    const domain = reply.status === 200 ? parsed(shapes.domainDetails, reply) : undefined;
    if (domain?.fqdn !== name) return later(`domain: HTTP ${reply.status}`);
    const ends = domain.status.includes('pendingTransfer') ? null : domain.dates.registry_ends_at;
    return {
      result: 'held',
      reference: domain.id ?? name,
      expiresOn: ends ? new Date(ends).toISOString().slice(0, 10) : null,
      suspended: domain.status.some((status) => suspending.has(status)),
      ownerReach: reach[domain.reachability ?? ''],
    };
  }

  /** An order that has not become a domain yet. */
  async function underWay(name: string, kind: 'register' | 'transfer'): Promise<Known> {
    const path = kind === 'register' ? of(name, '/createstatus') : `/domain/transferin/${encodeURIComponent(name)}`;
    const reply = await call({ method: 'GET', path });
    if (reply.kind !== 'answer') return unanswered(reply);
    if (reply.status === 404 && parsed(shapes.fault, reply)) return { result: 'nothing' };
    if (reply.status === 303) return { result: 'under-way' };
    const status = reply.status === 200 ? parsed(shapes.orderStatus, reply) : undefined;
    if (!status) return later(`order: HTTP ${reply.status}`);
    if (status.step !== 'ERROR') return { result: 'under-way' };
    return { result: 'failed', reason: cut(status.errortype_label ?? status.errortype ?? status.step) };
  }

  /** The list never speaks of what is another's, so that an empty one is certain. */
  async function look({ name, kind }: Parameters<Registrar['look']>[0]): Promise<Known> {
    const reply = await call({ method: 'GET', path: '/domain/domains', query: { fqdn: name } });
    if (reply.kind !== 'answer') return unanswered(reply);
    const list = reply.status === 200 ? parsed(shapes.domainList, reply) : undefined;
    if (!list) return later(`domains: HTTP ${reply.status}`);
    if (list.some(({ fqdn }) => fqdn === name)) return details(name);
    return kind === 'register' || kind === 'transfer' ? underWay(name, kind) : { result: 'nothing' };
  }

  const callOf = (order: RegistrarOrder, sharingId: string | null): Call => {
    const query: Record<string, string> = sharingId === null ? {} : { sharing_id: sharingId };
    const { kind, name, years: duration, authCode } = order;
    switch (kind) {
      case 'register':
        return {
          ...{ method: 'POST', path: '/domain/domains', query },
          body: { fqdn: name, duration, owner: contactOf(order.owner) },
        };
      case 'transfer':
        return {
          ...{ method: 'POST', path: '/domain/transferin', query },
          body: {
            fqdn: name,
            // a TLD whose transfers add nothing takes no duration
            ...(duration > 0 ? { duration } : {}),
            owner: contactOf(order.owner),
            ...(authCode === undefined ? {} : { authinfo: authCode }),
          },
        };
      case 'renew':
        return { method: 'POST', path: of(name, '/renew'), query, body: { duration } };
      case 'restore':
        return { method: 'POST', path: of(name, '/restore'), query, body: {} };
      case 'owner-mail':
        return { method: 'PATCH', path: of(name, '/reachability'), body: { action: 'resend' } };
    }
  };

  /** An answer's reasons, without the secrets that a message might repeat. */
  const reasonsOf = (answer: Answer, { authCode }: RegistrarOrder): string | undefined => {
    const errors = parsed(shapes.validation, answer)?.errors ?? [];
    const said = errors.length
      ? errors.map(({ name, description }) => (name ? `${name}: ${description}` : description)).join('; ')
      : parsed(shapes.fault, answer)?.message;
    if (said === undefined) return undefined;
    return cut([authCode, options.token].reduce<string>((text, one) => (one ? text.replaceAll(one, '…') : text), said));
  };

  return {
    look,
    async check(order): Promise<Checked> {
      if (!checkable.has(order.kind)) return { result: 'fine' };
      const payer = await payerOf();
      if (!('id' in payer)) return payer;
      const reply = await call({ ...callOf(order, payer.id), dryRun: true });
      if (reply.kind !== 'answer') return unanswered(reply);
      const verdict = reply.status === 200 ? parsed(shapes.validation, reply)?.status : undefined;
      if (verdict === 'success') return { result: 'fine' };
      const reason = verdict === 'error' || reply.status >= 400 ? reasonsOf(reply, order) : undefined;
      // also a 202, which would mean that it was ordered: the next look finds that
      return reason === undefined ? later(`dry run: HTTP ${reply.status}`) : { result: 'refused', reason };
    },
    async order(order): Promise<Ordered> {
      const payer = order.kind === 'owner-mail' ? { id: null } : await payerOf();
      if (!('id' in payer)) return payer;
      const reply = await call(callOf(order, payer.id));
      if (reply.kind === 'denied' || reply.kind === 'unsent') return unanswered(reply);
      if (reply.kind === 'unclear') return { result: 'unclear', reason: reply.reason };
      const done = order.kind === 'owner-mail' && reply.status < 300;
      if (done || (reply.status === 202 && parsed(shapes.confirmation, reply)))
        return { result: 'accepted', reference: referenceOf(reply, order.name) };
      const refused = reply.status >= 400 || parsed(shapes.validation, reply)?.status === 'error';
      const reason = refused ? reasonsOf(reply, order) : undefined;
      return reason === undefined
        ? { result: 'unclear', reason: `HTTP ${reply.status}` }
        : { result: 'refused', reason };
    },
  };
}

/** The last part of where the answer says the order is to be found, where it looks like a name or an id. */
function referenceOf({ location }: Answer, name: string): string {
  const last = /([\w.-]{1,60})\/?$/.exec(location ?? '')?.[1];
  return last ?? name.slice(0, 60);
}

const cut = (text: string): string => {
  // eslint-disable-next-line no-control-regex -- what comes from outside is printed in mails and lists
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
  return plain.length > reasonAtMost ? `${plain.slice(0, reasonAtMost - 1)}…` : plain;
};
