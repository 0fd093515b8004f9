import type { DNSResolver } from 'mailauth';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { spf as spfVerify } from 'mailauth/lib/spf/index.js';
import { aligned, alignedAsAsked } from './alignment.js';
import { parseAuthResults } from './authresults.js';
import type { AuthResult } from './authresults.js';
import { dkimSignatures, signatureKey } from './dkim.js';
import type { DkimSignature } from './dkim.js';
import { headerFault } from './header-block.js';
import { domainOf } from '../read/headers.js';
import type { Arrival, Message } from '../wire/message.js';

export type Proof =
  | {
      proven: true;
      /** The From address, lower-case, domain as A-label. */
      address: string;
      by: 'loopback' | 'auth' | 'authserv' | 'dkim' | 'spf';
      /**
       * b= of every signature of the From domain's organisation that the mail carries, whether or not it is the one that
       * proves it: the caller lets each act once. Else the mail would act again with one of them taken away, or from an
       * address that SPF does not allow.
       */
      signatures: string[];
    }
  | { proven: false; reason: string; /** DNS did not answer: asking again later may prove it. */ temporary?: true };

export interface TrustOptions {
  /** authserv-id of our own MX; set, nothing else is believed (`MAIL_TRUSTED_AUTHSERV`). */
  trustedAuthserv?: string | undefined;
  /** What comes over loopback by SMTP is proven; only on a desk without real mail (SPEC X2). */
  trustLoopback: boolean;
  /** DNS: `resolver(name, type)`, rejecting with `code` ENOTFOUND or ENODATA when there is nothing. */
  resolver: DNSResolver;
  /** For expired signatures. */
  now: Date;
}

/** What a signer vouches for, and how: the common end of all ways to prove a sender. */
interface Question {
  arrival: Arrival;
  message: Message;
  options: TrustOptions;
  address: string;
  domain: string;
  signatures: DkimSignature[];
}

/**
 * Whether the mail's author is proven (SPEC X2): by our own MX's Authentication-Results, or by checking DKIM and, for
 * SMTP, SPF ourselves, aligned with the single From domain (RFC 7489 §3.1). ARC proves nothing. Never throws.
 */
export async function proveSender(arrival: Arrival, message: Message, options: TrustOptions): Promise<Proof> {
  const address = message.fromAddress;
  const domain = address && domainOf(address);
  if (!address || !domain) return unproven('the mail has not exactly one From address');
  const doubled = ['subject', 'date', 'content-type'].find((name) => message.headers(name).length > 1);
  // a signature covers one of them and a reader may show the other
  if (doubled) return unproven(`the mail has more than one ${doubled} header`);
  if (options.trustLoopback && arrival.source === 'smtp' && arrival.client?.loopback === true) {
    return { proven: true, address, by: 'loopback', signatures: [] };
  }
  if (arrival.client?.authenticated?.includes(address)) {
    return { proven: true, address, by: 'auth', signatures: signaturesOf(message) };
  }
  const odd = headerFault(arrival.raw);
  if (odd) return unproven(odd);
  const signatures = dkimSignatures(message);
  if (!signatures) return unproven('the mail has too many DKIM signatures');
  const question: Question = { arrival, message, options, address, domain, signatures };
  if (options.trustedAuthserv !== undefined) return byAuthserv(question, options.trustedAuthserv);
  try {
    return await byOurselves(question);
  } catch (error) {
    return { ...unproven(`the sender could not be checked: ${(error as Error).message}`), temporary: true };
  }
}

function proven({ address, message }: Question, by: 'authserv' | 'dkim' | 'spf'): Proof {
  return { proven: true, address, by, signatures: signaturesOf(message) };
}

/** b= of every signature that a mail carries of its From domain's organisation, verified or not. */
export function signaturesOf(message: Message): string[] {
  const domain = domainOf(message.fromAddress ?? '');
  if (!domain) return [];
  const ours = (dkimSignatures(message) ?? []).filter((one) => aligned(one.domain, domain));
  return [...new Set(ours.map(({ signature }) => signature))];
}

function unproven(reason: string): Proof & { proven: false } {
  return { proven: false, reason };
}

function byAuthserv(question: Question, trusted: string): Proof {
  const [top] = question.message.headers('authentication-results');
  const said = top === undefined ? null : parseAuthResults(top);
  if (said?.authserv !== trusted.trim().toLowerCase())
    return unproven(`no Authentication-Results of ${trusted} on top`);
  const { domain } = question;
  const of = (method: string) => said.results.filter((result) => result.method === method);
  if (of('dmarc').some(({ result }) => result === 'fail')) return unproven(`${trusted} says DMARC fails for ${domain}`);
  let fault: string | undefined;
  for (const result of of('dkim').filter((one) => one.result === 'pass')) {
    const signer = domainOf(property(result, 'header.d') ?? property(result, 'header.i') ?? '');
    if (!signer || !aligned(signer, domain)) continue;
    fault = faultOfSaid(question, result, signer);
    if (!fault) return proven(question, 'authserv');
  }
  const spf = of('spf').find((result) => {
    const sender = domainOf(property(result, 'smtp.mailfrom') ?? '');
    return result.result === 'pass' && sender !== null && aligned(sender, domain);
  });
  if (spf) return proven(question, 'authserv');
  // a bare dmarc=pass may rest on a signature that is too weak for us, or that we can not read
  const weak = question.signatures.find((signature) => aligned(signature.domain, domain) && signature.fault);
  if (question.signatures.length < question.message.headers('dkim-signature').length) {
    fault ??= 'the mail holds a DKIM signature that can not be read';
  }
  fault ??= weak?.fault;
  const dmarc = of('dmarc').find(
    (result) => result.result === 'pass' && domainOf(property(result, 'header.from') ?? '') === domain,
  );
  if (dmarc && !fault) return proven(question, 'authserv');
  return unproven(fault ?? `${trusted} vouches for nobody at ${domain}`);
}

function property(result: AuthResult, name: string): string | undefined {
  return result.properties.find((one) => one.name === name)?.value;
}

/**
 * What is wrong with the signature that our MX says passed. Its say is only that it verifies, so what it covers is looked
 * up in the mail; where the MX names no single signature, every one of that signer must do. An MX that strips all
 * signatures is believed; among others the one it means must be there.
 */
function faultOfSaid({ message, signatures }: Question, result: AuthResult, signer: string): string | undefined {
  if (message.headers('dkim-signature').length === 0) return undefined;
  const start = property(result, 'header.b')?.replace(/\s+/g, '');
  const selector = property(result, 'header.s');
  // i= may name a domain below d= (RFC 6376 §3.5)
  const below = property(result, 'header.d') === undefined;
  const meant = signatures.filter(
    (one) =>
      (one.domain === signer || (below && signer.endsWith(`.${one.domain}`))) &&
      (start === undefined || one.signature.startsWith(start)) &&
      (selector === undefined || one.selector === selector),
  );
  if (meant.length === 0) return `the mail does not hold the DKIM signature of ${signer} that is vouched for`;
  return meant.find((one) => one.fault)?.fault;
}

async function byOurselves(question: Question): Promise<Proof> {
  const dkim = await byDkim(question);
  if (dkim.proven || question.arrival.source !== 'smtp') return dkim;
  const spf = await bySpf(question);
  if (spf.proven) return spf;
  const temporary = dkim.temporary ?? spf.temporary;
  return { ...unproven(`${dkim.reason}; ${spf.reason}`), ...(temporary ? { temporary } : {}) };
}

async function byDkim(question: Question): Promise<Proof> {
  const { arrival, options, domain, signatures } = question;
  const candidates = signatures.filter((signature) => aligned(signature.domain, domain));
  if (candidates.length === 0) return unproven(`no DKIM signature of ${domain}`);
  const usable = new Set(candidates.filter((signature) => !signature.fault));
  if (usable.size === 0) return unproven(candidates[0]!.fault!);
  const { resolver, now } = options;
  const checked = await dkimVerify(arrival.raw, { resolver, curTime: now });
  let last = unproven('the DKIM signature does not verify');
  for (const result of checked.results as ((typeof checked.results)[number] & { signature?: string })[]) {
    const key = signatureKey(result.signature ?? '');
    const found = [...usable].find(
      (one) =>
        one.signature === key && one.selector === result.selector && one.domain === domainOf(result.signingDomain),
    );
    if (!found) continue;
    // mailauth lists an ARC seal among the results, after the DKIM signatures: its say must not stand for one of them
    usable.delete(found);
    const { result: verdict, comment } = result.status;
    if (verdict === 'pass' && (await alignedAsAsked(found.domain, { domain, tag: 'adkim', resolver }))) {
      return proven(question, 'dkim');
    }
    last = unproven(`the DKIM signature of ${found.domain} does not prove ${domain}: ${comment ?? verdict}`);
    if (verdict === 'temperror') last.temporary = true;
  }
  return last;
}

async function bySpf(question: Question): Promise<Proof> {
  const { arrival, options, domain } = question;
  const { client, mailFrom } = arrival;
  const sender = mailFrom ? domainOf(mailFrom) : null;
  if (!client || !mailFrom || !sender) return unproven('no envelope sender that SPF could prove');
  if (!aligned(sender, domain)) return unproven(`the envelope sender is not of ${domain}`);
  const { resolver } = options;
  const checked = await spfVerify({
    sender: mailFrom,
    ip: client.address,
    helo: client.helo ?? client.address,
    mta: 'guichet',
    resolver,
  });
  if (checked.status.result === 'pass' && (await alignedAsAsked(sender, { domain, tag: 'aspf', resolver }))) {
    return proven(question, 'spf');
  }
  const failed = unproven(`SPF of ${sender} says ${checked.status.result}`);
  return checked.status.result === 'temperror' ? { ...failed, temporary: true } : failed;
}
