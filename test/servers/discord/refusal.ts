/** One fault of a form, at a path inside it, in Discord's own terms. */
export type FieldFault = { path: (string | number)[]; code: string; message: string };

/** An answer other than success, as Discord's HTTP API words it: `{message, code, errors?}` with a status. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: number;
  readonly faults: FieldFault[];

  constructor(status: number, code: number, message: string, faults: FieldFault[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.faults = faults;
  }

  /** The JSON body Discord sends for it. */
  toJSON(): { message: string; code: number; errors?: object } {
    const body = { message: this.message, code: this.code };
    return this.faults.length ? { ...body, errors: nest(this.faults) } : body;
  }
}

/** Discord nests faults by path and lists them under `_errors` at the leaf. */
function nest(faults: FieldFault[]): object {
  type Node = { [key: string]: Node } & { _errors?: { code: string; message: string }[] };
  const root: Node = {};
  for (const { path, code, message } of faults) {
    let node = root;
    for (const key of path) node = node[String(key)] ??= {};
    (node._errors ??= []).push({ code, message });
  }
  return root;
}

export const invalidForm = (faults: FieldFault[]) => new Refusal(400, 50035, 'Invalid Form Body', faults);

/** The refusals of Discord's list of JSON error codes that a desk bot can meet. */
export const refusals = {
  unauthorized: () => new Refusal(401, 0, '401: Unauthorized'),
  noRoute: () => new Refusal(404, 0, '404: Not Found'),
  noMethod: () => new Refusal(405, 0, '405: Method Not Allowed'),
  unknownChannel: () => new Refusal(404, 10003, 'Unknown Channel'),
  unknownGuild: () => new Refusal(404, 10004, 'Unknown Guild'),
  unknownMember: () => new Refusal(404, 10007, 'Unknown Member'),
  unknownMessage: () => new Refusal(404, 10008, 'Unknown Message'),
  unknownUser: () => new Refusal(404, 10013, 'Unknown User'),
  unknownWebhook: () => new Refusal(404, 10015, 'Unknown Webhook'),
  unknownInteraction: () => new Refusal(404, 10062, 'Unknown interaction'),
  tooLarge: () => new Refusal(413, 40005, 'Request entity too large'),
  acknowledged: () => new Refusal(400, 40060, 'Interaction has already been acknowledged.'),
  missingAccess: () => new Refusal(403, 50001, 'Missing Access'),
  notAuthor: () => new Refusal(403, 50005, 'Cannot edit a message authored by another user'),
  emptyMessage: () => new Refusal(400, 50006, 'Cannot send an empty message'),
  closedDms: () => new Refusal(403, 50007, 'Cannot send messages to this user'),
  missingPermissions: () => new Refusal(403, 50013, 'Missing Permissions'),
  invalidToken: () => new Refusal(401, 50027, 'Invalid Webhook Token'),
  invalidRecipient: () => new Refusal(400, 50033, 'Invalid Recipient(s)'),
  invalidJson: () => new Refusal(400, 50109, 'The request body contains invalid JSON.'),
};

/** Length as Discord counts it: in code points. */
export const lengthOf = (text: string): number => {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
};

export const tooLong = (path: FieldFault['path'], max: number): FieldFault => ({
  path,
  code: 'BASE_TYPE_MAX_LENGTH',
  message: `Must be ${max} or fewer in length.`,
});

export const badLength = (path: FieldFault['path'], min: number, max: number): FieldFault => ({
  path,
  code: 'BASE_TYPE_BAD_LENGTH',
  message: `Must be between ${min} and ${max} in length.`,
});

export const missing = (path: FieldFault['path']): FieldFault => ({
  path,
  code: 'BASE_TYPE_REQUIRED',
  message: 'This field is required',
});
