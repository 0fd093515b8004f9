/**
 * The terminal door: `guichet noun verb --field value [--as person@mail] [--json] [--dry-run] [--yes] [--key K]`.
 * Without `--as` it is the operator. Exit codes: 0 done, 2 refused, 3 waiting for approval, 1 a fault of ours.
 */
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LineFault, parseLine, type Line } from './cli/argv.js';
import { jsonOf, keepFile, textOf } from './cli/print.js';
import { createProgress } from './cli/progress.js';
import { email } from './core/command/dictionary.js';
import { refused } from './core/command/execute.js';
import { exitCode, type Outcome } from './core/command/outcome.js';
import { replyTo } from './core/command/reply.js';
import { Fault } from './core/command/type.js';
import type { Names } from './core/command/value.js';
import { commands } from './core/programmes/index.js';
import { Refusal } from './core/guard/refusal.js';
import type { Locale } from './core/locales/locale.js';
import { textsOf } from './core/locales/texts.js';
import { deskLinks } from './core/ports/desk-links.js';
import { openDesk, type OpenDesk } from './core/open.js';
import { createLog } from './log.js';
import { deskAllowed, loadEnvironmentFile, readSettings, type Settings } from './settings.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** `--as` names one address, kept as every other. @throws {LineFault} */
function address(typed: string | undefined, open: OpenDesk, locale: Locale): { as?: string } {
  if (typed === undefined) return {};
  try {
    return { as: email.type.parse(typed, open.dispatcher.context(locale)) };
  } catch (fault) {
    throw fault instanceof Fault ? new LineFault('as', 'address') : fault;
  }
}

/** @param names told as soon as there is a desk to ask */
async function run(line: Line, settings: Settings, names: (known: Names) => void): Promise<Outcome> {
  const log = await createLog(settings);
  const open = await openDesk(settings, {
    onFault: ({ reference, error, command }) => log.error({ reference, err: error, command }, 'a command failed'),
  });
  names(open.dispatcher.context(settings.LOCALE));
  const progress = createProgress(process.stderr, () => performance.now());
  try {
    return await open.dispatcher.dispatch({
      door: 'terminal',
      caller: { kind: 'operator', ...address(line.as, open, settings.LOCALE) },
      command: line.command,
      input: line.input,
      key: line.key,
      dryRun: line.dryRun,
      locale: settings.LOCALE,
      progress: line.json
        ? (done, total) => process.stdout.write(`${JSON.stringify({ progress: { done, total } })}\n`)
        : (done, total) => progress.tell(textsOf(settings.LOCALE).progress({ done, total })),
    });
  } finally {
    progress.end();
    await open.close();
  }
}

/** A fault before any command: it is on stderr already, so its reference only ties the two together. */
const faultOf = (message: string): Outcome => ({
  ok: false,
  code: 'fault',
  message,
  reference: randomUUID().slice(0, 8),
});

/** A line that is no request yet, told like any refusal. */
function lineRefused(fault: LineFault, settings: Settings): Outcome {
  const say = textsOf(settings.LOCALE).faults;
  const sentences = {
    value: say.missing({}),
    file: say.file({}),
    word: say.unknown({ nearest: '' }),
    address: say.email({}),
  } as const;
  return refused(new Refusal('input.invalid', {}, { [fault.field]: sentences[fault.why] }), settings.LOCALE);
}

/** `guichet desk`: another address for the desk page of a desk that runs; start's own works once. */
async function deskAddress(settings: Settings): Promise<Outcome> {
  if (!deskAllowed(settings)) return refused(new Refusal('state.wrong', { why: 'no-desk' }), settings.LOCALE);
  const open = await openDesk(settings, { onFault: () => undefined });
  try {
    const { host, port } = settings.HTTP_LISTEN;
    const token = await deskLinks(open.desk).make();
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/desk?token=${token}`;
    return { ok: true, code: 'desk.address', data: { url } };
  } finally {
    await open.close();
  }
}

export async function main(args: readonly string[]): Promise<number> {
  loadEnvironmentFile(root);
  const json = args.includes('--json');
  let settings: Settings;
  try {
    settings = readSettings(root);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${message}\n`);
    if (json) process.stdout.write(`${jsonOf(faultOf(message))}\n`);
    return 1;
  }
  let line: Line | undefined;
  let outcome: Outcome;
  let names: Names | undefined;
  try {
    if (args[0] === 'desk') outcome = await deskAddress(settings);
    else {
      line = parseLine(args.length === 0 ? ['help'] : args, commands);
      outcome = await run(line, settings, (known) => (names = known));
    }
  } catch (error) {
    if (error instanceof LineFault) outcome = lineRefused(error, settings);
    else {
      const message = error instanceof Error ? error.message : String(error);
      process.stderr.write(`${message}\n`);
      outcome = faultOf(message);
    }
  }
  let file: string | undefined;
  try {
    if (outcome.ok && outcome.file)
      file = keepFile(outcome.file, { out: line?.out, folder: join(settings.DATA_DIR, 'exports') });
  } catch (error) {
    // whatever makes a file only reads: nothing has been done that this answer would hide
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${message}\n`);
    outcome = line?.out === undefined ? faultOf(message) : lineRefused(new LineFault('out', 'file'), settings);
  }
  if (json) process.stdout.write(`${jsonOf(outcome, file)}\n`);
  else if (outcome.ok && outcome.code === 'desk.address') process.stdout.write(`desk ${String(outcome.data['url'])}\n`);
  else {
    const command = line && commands.find(line.command);
    const reader = { locale: settings.LOCALE, timeZone: settings.TIME_ZONE, names };
    const text = textOf(replyTo(outcome, { ...reader, command }), file);
    (outcome.ok ? process.stdout : process.stderr).write(`${text}\n`);
  }
  return exitCode(outcome);
}
