/**
 * The European register of VAT numbers (VIES, https://ec.europa.eu/taxation_customs/vies/#/technical-information), asked by
 * its REST interface. It only informs whoever decides: an answer that can't be had is no answer, never a fault.
 */
import got from 'got';
import { z } from 'zod';
import type { VatRegister, VatVerdict } from '../core/programmes/organisations/vat-register.js';

const patienceMs = 10_000;
/** An answer has some hundreds; one without an end must not fill the memory. */
const bodyAtMostBytes = 64 * 1024;
/** Greece writes its numbers under another code than its own (Directive 2006/112/EC, art. 215). */
const prefixOf = (country: string): string => (country === 'GR' ? 'EL' : country);

const answer = z.object({ isValid: z.boolean(), userError: z.string().optional() });

/** @param root `VIES_API`, without a slash at its end */
export function viesRegister({ root, signal }: { root: string; signal?: () => AbortSignal }): VatRegister {
  return {
    async check({ country, vat }): Promise<VatVerdict> {
      const prefix = prefixOf(country);
      const digits = vat.startsWith(prefix) ? vat.slice(prefix.length) : vat;
      try {
        const request = got(`${root}/ms/${prefix}/vat/${encodeURIComponent(digits)}`, {
          responseType: 'json',
          // a body that grows when unpacked can't be limited by what has come
          headers: { accept: 'application/json', 'accept-encoding': 'identity' },
          decompress: false,
          timeout: { request: patienceMs },
          retry: { limit: 0 },
          followRedirect: false,
          ...(signal ? { signal: signal() } : {}),
        });
        void request.on('downloadProgress', ({ transferred }) => {
          if (transferred > bodyAtMostBytes) request.cancel();
        });
        const { body } = await request;
        const { isValid, userError = '' } = answer.parse(body);
        // a country's own register that does not answer is told in this way (MS_UNAVAILABLE, TIMEOUT, …)
        return isValid ? 'valid' : ['', 'VALID', 'INVALID'].includes(userError) ? 'invalid' : 'unknown';
      } catch {
        return 'unknown';
      }
    },
  };
}
