/** What both stories of an order stand on: documents to attach, the web pages, and the certificate as its reader gets it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactVerify, importJWK, type JWK } from 'jose';
import PDFDocument from 'pdfkit';
import type { OpenDesk } from '../../src/core/open.js';
import { sendDueCertificates } from '../../src/core/programmes/certificates/sending.js';
import { workOf } from '../../src/core/jobs.js';
import { startWeb, type Web } from '../../src/web/server.js';

/** A real purchase order of one page. */
export function purchaseOrder(text: string): Promise<Buffer> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const document = new PDFDocument();
    document.on('data', (part: Buffer) => parts.push(part));
    document.on('end', () => resolve(Buffer.concat(parts)));
    document.text(text).end();
  });
}

export async function pages(open: OpenDesk): Promise<Web> {
  const quiet = { warn: () => undefined, error: () => undefined };
  const listen = { host: '127.0.0.1', port: 0 };
  return startWeb({
    dispatcher: open.dispatcher,
    listen,
    publicUrl: 'http://127.0.0.1',
    failing: () => Promise.resolve({}),
    desk: undefined,
    log: quiet,
  });
}

/** What the schedule does about certificates. */
export const schedule = ({ desk }: OpenDesk): Promise<number> =>
  sendDueCertificates(desk, (unit) => workOf(desk, unit));

/** What a person reads in a PDF, and what a telephone in its QR code. */
export function read(pdf: Buffer): { text: string; code: string } {
  const dir = mkdtempSync(join(tmpdir(), 'guichet-certificate-'));
  const file = join(dir, 'certificate.pdf');
  writeFileSync(file, pdf);
  execFileSync('pdftoppm', ['-png', '-r', '150', '-singlefile', file, join(dir, 'page')]);
  const code = execFileSync('zbarimg', ['--quiet', '--raw', join(dir, 'page.png')], {
    encoding: 'utf8',
    // it looks for a desktop bus and complains
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
  const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
  return { text, code };
}

/** The page of a certificate, and its signature checked with the published keys alone. */
export async function verified(web: Web, number: string, jws: string): Promise<{ page: string; payload: unknown }> {
  const at = `http://127.0.0.1:${web.port}`;
  const page = await (await fetch(`${at}/c/${number}`)).text();
  const { keys } = (await (await fetch(`${at}/.well-known/guichet-keys.json`)).json()) as { keys: JWK[] };
  const checked = await compactVerify(jws, async ({ kid }) => {
    const key = keys.find((one) => one.kid === kid);
    if (!key) throw new Error('no such key');
    return importJWK(key, 'EdDSA');
  });
  return { page, payload: JSON.parse(new TextDecoder().decode(checked.payload)) };
}
