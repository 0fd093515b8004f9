import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestCertificates {
  dir: string;
  /** The CA as file, for NODE_EXTRA_CA_CERTS. */
  caFile: string;
  /** The CA, PEM. */
  ca: string;
  certFile: string;
  keyFile: string;
  /** Server certificate (localhost, 127.0.0.1, ::1) and its key, PEM. */
  cert: string;
  key: string;
  remove(): void;
}

/** Makes a CA and a server certificate for this run alone; nothing of it is ever committed. */
export function testCertificates(): TestCertificates {
  const dir = mkdtempSync(join(tmpdir(), 'guichet-tls-'));
  const path = (name: string) => join(dir, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    '/CN=Guichet test CA',
    '-keyout',
    path('ca.key'),
    '-out',
    path('ca.pem'),
  );
  openssl('req', ...newKey, '-subj', '/CN=localhost', '-keyout', path('server.key'), '-out', path('server.csr'));
  writeFileSync(path('server.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\nextendedKeyUsage=serverAuth\n');
  const signer = ['-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial', '-extfile', path('server.ext')];
  openssl('x509', '-req', '-in', path('server.csr'), ...signer, '-days', '2', '-out', path('server.pem'));
  return {
    dir,
    caFile: path('ca.pem'),
    ca: readFileSync(path('ca.pem'), 'utf8'),
    certFile: path('server.pem'),
    keyFile: path('server.key'),
    cert: readFileSync(path('server.pem'), 'utf8'),
    key: readFileSync(path('server.key'), 'utf8'),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
