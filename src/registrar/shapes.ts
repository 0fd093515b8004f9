/**
 * What Gandi's v5 interface answers, as far as the desk reads it (https://api.gandi.net/docs/domains/,
 * https://api.gandi.net/docs/organization/). Keys that are not named here are let be: the interface grows.
 */
import { z } from 'zod';

const text = z.string().max(2_000);
const instant = z.iso.datetime({ offset: true });

/** `GET /domain/domains?fqdn=…`. */
export const domainList = z.array(z.object({ fqdn: text }));

/** `GET /domain/domains/{domain}`. */
export const domainDetails = z.object({
  id: text.optional(),
  fqdn: text,
  status: z.array(text),
  dates: z.object({ registry_ends_at: instant.nullish() }),
  reachability: text.nullish(),
});

/** `GET /domain/domains/{domain}/createstatus`, `GET /domain/transferin/{domain}`. */
export const orderStatus = z.object({
  step: text,
  errortype: text.nullish(),
  errortype_label: text.nullish(),
});

/** `GET /organization/organizations`. */
export const organisationList = z.array(z.object({ id: text, reseller: z.boolean().nullish() }));

/** What is wrong with a request, found by a dry run or by the real thing. */
export const validation = z.object({
  status: z.enum(['success', 'error']),
  errors: z.array(z.object({ description: text, name: text.nullish(), location: text.nullish() })).nullish(),
});

/** A refusal by status. */
export const fault = z.object({
  code: z.number().nullish(),
  message: text,
  cause: text.nullish(),
  object: text.nullish(),
});

/** 202: taken, and carried out by and by. */
export const confirmation = z.object({ message: text });
