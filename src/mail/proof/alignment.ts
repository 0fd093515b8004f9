import type { DNSResolver } from 'mailauth';
import tools from 'mailauth/lib/tools.js';

/** Whether two domains (A-labels) belong to one organisation by the public suffix list: DMARC's relaxed alignment. */
export function aligned(domain: string, fromDomain: string): boolean {
  return domain === fromDomain || tools.getAlignment(fromDomain, [domain]) !== false;
}

/**
 * For a domain that is aligned: whether it still is by what the From domain asks. Alignment is relaxed unless that
 * domain, or else its organisation, publishes a DMARC record with strict (RFC 7489 §3.1, §6.6.3); then only the domain
 * itself proves it. Throws what DNS throws, except that there is no record.
 */
export async function alignedAsAsked(
  proven: string,
  from: { domain: string; tag: 'adkim' | 'aspf'; resolver: DNSResolver },
): Promise<boolean> {
  if (proven === from.domain) return true;
  for (const name of new Set([from.domain, organisationOf(from.domain)])) {
    const record = await dmarcRecord(name, from.resolver);
    if (record) return !new RegExp(`;\\s*${from.tag}\\s*=\\s*s\\s*(;|$)`, 'i').test(record);
  }
  return true;
}

function organisationOf(domain: string): string {
  const labels = domain.split('.');
  const parents = labels.map((_, at) => labels.slice(at).join('.'));
  return parents.findLast((parent) => aligned(parent, domain)) ?? domain;
}

async function dmarcRecord(domain: string, resolver: DNSResolver): Promise<string | undefined> {
  try {
    const rows = await resolver(`_dmarc.${domain}`, 'TXT');
    const records = rows
      .map((row) => (Array.isArray(row) ? row.join('') : row))
      .filter((row) => /^v=DMARC1\b/i.test(row));
    return records.length === 1 ? records[0] : undefined;
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === 'ENOTFOUND' || code === 'ENODATA') return undefined;
    throw error;
  }
}
