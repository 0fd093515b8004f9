/** One method's result in an Authentication-Results header (RFC 8601 §2.2); names lower-case. */
export interface AuthResult {
  method: string;
  result: string;
  /** `header.d`, `smtp.mailfrom`, …, each once; one without a type (Microsoft's `action`) keeps its bare name. */
  properties: { name: string; value: string }[];
}

export interface AuthResults {
  /** Name of the server that says so, lower-case. */
  authserv: string;
  results: AuthResult[];
}

/**
 * Reads the value of an Authentication-Results header; null when it does not follow the grammar, so that nothing is
 * believed that two readers could read differently. Comments (nested) and quoted strings are understood.
 */
export function parseAuthResults(value: string): AuthResults | null {
  const tokens = tokenize(value);
  if (!tokens) return null;
  const groups: Token[][] = [[]];
  for (const token of tokens) {
    if (token.mark === ';') groups.push([]);
    else groups.at(-1)!.push(token);
  }
  const [head = [], ...rest] = groups;
  const [id, version] = head;
  // RFC 8601 §2.2: version 1 is the only one there is
  if (!id || id.mark || head.length > 2 || (version && version.text !== '1')) return null;
  const results: AuthResult[] = [];
  for (const group of rest) {
    if (group.length === 0 || (group.length === 1 && group[0]!.text.toLowerCase() === 'none')) continue;
    const result = readResult(group);
    if (!result) return null;
    results.push(result);
  }
  return { authserv: id.text.toLowerCase(), results };
}

function readResult(group: Token[]): AuthResult | null {
  const pairs: { name: string; value: string }[] = [];
  for (let at = 0; at < group.length; at += 3) {
    const [name, equals, value] = group.slice(at, at + 3);
    if (!name || name.mark || name.quoted || equals?.mark !== '=' || !value || value.mark) return null;
    pairs.push({ name: name.text.toLowerCase(), value: value.text });
  }
  const [first, ...properties] = pairs;
  if (!first || !/^[a-z0-9-]+(\/\d+)?$/.test(first.name) || !/^[a-z0-9-]+$/i.test(first.value)) return null;
  // of two values for one name it would be anybody's guess which is meant
  if (new Set(properties.map(({ name }) => name)).size < properties.length) return null;
  // a method in another version than 1 keeps it, and so is none that we know
  return { method: first.name.replace(/\/1$/, ''), result: first.value.toLowerCase(), properties };
}

interface Token {
  text: string;
  mark?: ';' | '=';
  quoted?: boolean;
}

function tokenize(value: string): Token[] | null {
  const tokens: Token[] = [];
  for (let at = 0; at < value.length;) {
    const char = value[at]!;
    if (/\s/.test(char)) at += 1;
    else if (char === '(') {
      const end = commentEnd(value, at);
      if (end < 0) return null;
      at = end;
    } else if (char === ';') {
      tokens.push({ text: char, mark: ';' });
      at += 1;
    } else if (char === '=' && tokens.at(-1)?.mark === undefined) {
      tokens.push({ text: char, mark: '=' });
      at += 1;
    } else if (char === '"') {
      const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(value.slice(at));
      if (!quoted) return null;
      tokens.push({ text: quoted[1]!.replace(/\\(.)/g, '$1'), quoted: true });
      at += quoted[0].length;
    } else {
      // "=" ends a name, but a value may hold it: unquoted base64 in header.b is common
      const pattern = tokens.at(-1)?.mark === '=' ? /^[^\s;()"]+/ : /^[^\s;()"=]+/;
      const word = pattern.exec(value.slice(at, at + 1024))?.[0];
      if (!word) return null;
      tokens.push({ text: word });
      at += word.length;
    }
  }
  return tokens;
}

function commentEnd(value: string, from: number): number {
  let depth = 0;
  for (let at = from; at < value.length; at += 1) {
    if (value[at] === '\\') at += 1;
    else if (value[at] === '(') depth += 1;
    else if (value[at] === ')' && (depth -= 1) === 0) return at + 1;
  }
  return -1;
}
