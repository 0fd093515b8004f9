/** What the desk page is given by whoever starts it. */
import type { RawInput } from '../../core/command/input.js';

/** The mails that have left, newest first, read from wherever they are kept. */
export interface SentMails {
  list(limit: number): Promise<readonly { id: string; at: Date | string; to: string; subject: string }[]>;
  read(id: string): Promise<
    | {
        headers: string | Readonly<Record<string, string>> | readonly (readonly [string, string])[];
        text: string;
        html?: string | undefined;
      }
    | undefined
  >;
}

/** What a typed line means. */
export type ReadLine =
  | {
      readonly command: string;
      readonly input: RawInput;
      readonly dryRun?: boolean;
      readonly as?: string | undefined;
      readonly key?: string | undefined;
    }
  | { readonly fault: string };

export interface DeskPart {
  /** Uses up a token that start or `guichet desk` printed; false when it opens nothing. */
  readonly spend: (token: string) => Promise<boolean>;
  readonly mails: SentMails;
  /** Understands a command line as the terminal does; may throw what is wrong with it. */
  readonly parseLine?: ((text: string) => ReadLine) | undefined;
}
