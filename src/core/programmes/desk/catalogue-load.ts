/** `catalogue load`: a part of the vendor's data replaced while the desk runs (X10), seen first, decided by a second person. */
import { createHash } from 'node:crypto';
import { readerOf } from '../../command/context.js';
import { command, required, type AnyCommand, type FourEyes, type Input, type SummaryBy } from '../../command/define.js';
import { file } from '../../command/dictionary.js';
import type { Registry } from '../../command/registry.js';
import { oncePerWork } from '../../command/table.js';
import { isUpload, type Raw, type Upload } from '../../command/type.js';
import { valueText } from '../../command/value.js';
import { Refusal, type RefusalParams } from '../../guard/refusal.js';
import type { Desk, Work } from '../../guard/work.js';
import { textsOf } from '../../locales/texts.js';
import type { Known } from '../../catalogue/catalogue.js';
import { readCatalogueFile, type CatalogueReading } from '../../catalogue/file.js';
import { shaped, type Part } from '../../catalogue/page.js';
import { dropWaiting, keepWaiting, putWaitingInForce, versionBefore, waitingVersion } from '../../catalogue/request.js';
import { versionInForce } from '../../catalogue/versions.js';
import type { FileFault } from '../../catalogue/faults.js';
import { changesBetween, diffShown, type Change } from './catalogue-diff.js';

const fields = [required(file)] as const;
type LoadInput = Input<typeof fields>;
const faultsShown = 50;
/** Of a diff, in a message that asks for a decision. */
const linesShown = 12;

/** What the program has that the catalogue may name. */
export const knownTo = (registry: Registry): Known => ({
  commands: new Set(registry.all.map(({ name }) => name)),
  orderFields: new Set(registry.find('order new')?.uses.map(({ field }) => field.name)),
});

/** Read once, for a command looks at its file before its transaction, for its preview and to do it. */
const readings = new Map<string, Promise<CatalogueReading>>();
const keptAtMost = 4;

function readingOf({ aside }: Pick<Desk, 'aside'>, { name, content }: Upload, known: Known): Promise<CatalogueReading> {
  const key = `${createHash('sha256').update(content).digest('hex')} ${name}`;
  const reading = readings.get(key) ?? readCatalogueFile(content, { name, known, aside });
  readings.delete(key);
  readings.set(key, reading);
  const [oldest] = readings.keys();
  if (readings.size > keptAtMost && oldest !== undefined) readings.delete(oldest);
  reading.catch(() => readings.delete(key));
  return reading;
}

const fileRefused = (work: Work, params: RefusalParams, told?: Readonly<Record<string, string>>): Refusal =>
  new Refusal('file.refused', params, told ?? { file: textsOf(work.locale).refusals['file.refused'](params) });

/** Every fault by where it stands: `orders.yaml:12 solutions.3.generation`. */
function faultyFile(work: Work, faults: readonly FileFault[]): Refusal {
  const told = faults
    .slice(0, faultsShown)
    .map(({ file: name, line, path, fault, fix }) => [
      `${name}${line === undefined ? '' : `:${line}`}${path ? ` ${path}` : ''}`,
      `${fault}. ${fix}`,
    ]);
  const params = { why: 'catalogue', count: faults.length };
  return fileRefused(work, params, Object.fromEntries(told) as Record<string, string>);
}

interface Planned {
  readonly part: Part;
  readonly raw: unknown;
  /** What it would take the place of. */
  readonly before: number;
  readonly changes: readonly Change[];
}

/** @throws {Refusal} `file.refused` */
async function plan(work: Work, input: LoadInput, known: Known): Promise<Planned> {
  const reading = await readingOf(work.desk, input.file, known);
  if (reading.faults) throw faultyFile(work, reading.faults);
  const { part, raw } = reading;
  const before = await versionInForce(work.tx, part);
  const changes = changesBetween(shaped(part, before.raw), shaped(part, raw));
  if (changes.length === 0)
    throw fileRefused(work, {
      why: 'catalogue-same',
      part: valueText('part', part, readerOf(work.desk, work.locale)),
    });
  return { part, raw, before: before.id, changes };
}

/** What a request would change, as the one who decides reads it. */
const summary: SummaryBy = async (tx, approvalId, reader) => {
  const { locale } = reader;
  const waiting = await waitingVersion(tx, approvalId);
  if (!waiting) return [];
  const { part } = waiting;
  const before = await versionBefore(tx, waiting);
  const all = changesBetween(shaped(part, before.raw), shaped(part, waiting.raw));
  const { changes, changesTotal } = diffShown(all, locale);
  const { keys, more } = { keys: textsOf(locale).keys, more: changesTotal - linesShown };
  return [
    { label: keys['part'] ?? 'part', value: valueText('part', part, reader) },
    { label: keys['changesTotal'] ?? 'changes', value: String(changesTotal) },
    ...changes
      .slice(0, linesShown)
      .map(({ path, was, becomes }) => ({ label: path, value: `${was ?? '–'} → ${becomes ?? '–'}` })),
    ...(more > 0 ? [{ label: '…', value: `+ ${more}` }] : []),
  ];
};

/** The request holds for this content in the place of that version: another load meanwhile voids it. */
async function contentNow(work: Work, approvalId: number): Promise<unknown> {
  const waiting = await waitingVersion(work.tx, approvalId);
  if (!waiting) return null;
  const { id } = await versionInForce(work.tx, waiting.part);
  return { part: waiting.part, sha256: waiting.sha256, before: id };
}

const fourEyes = (planned: (work: Work, input: LoadInput) => Promise<Planned>): FourEyes<LoadInput> => ({
  summary,
  same: ['file'],
  async hold(work, input, approvalId) {
    const { part, raw } = await planned(work, input);
    await keepWaiting(work.tx, { part, raw, approvalId, personId: work.actor.personId, now: work.now });
    return { object: part, content: await contentNow(work, approvalId) };
  },
  content: (work, _, approvalId) => contentNow(work, approvalId),
  async release(work, approvalId) {
    await dropWaiting(work.tx, approvalId);
  },
});

/** @param registry asked for when it runs, for this command is in it itself */
export function catalogueLoad(registry: () => Registry): AnyCommand {
  const known = () => knownTo(registry());
  const planned = oncePerWork((work, input: LoadInput) => plan(work, input, known()));
  return command({
    name: 'catalogue load',
    help: {
      fr: 'Remplacer une partie des données du fournisseur par un fichier YAML, avec l’accord d’une seconde personne',
      en: 'Replace a part of the vendor’s data by a YAML file, with a second person’s consent',
    },
    who: 'admin',
    proof: 'own',
    fields,
    fourEyes: fourEyes(planned),
    async ahead(desk: Desk, { file: upload }: Readonly<Record<string, Raw>>) {
      if (!isUpload(upload) || upload.content.length > (file.type.max ?? 0)) return;
      await readingOf(desk, upload, known()).catch(() => undefined);
    },
    async preview(work, input) {
      const { part, raw, before, changes } = await planned(work, input);
      return {
        code: 'catalogue.previewed',
        data: { part, version: before, ...diffShown(changes, work.locale) },
        basis: { part, raw, before },
      };
    },
    async run(work, _, approvalId) {
      const waiting = approvalId === undefined ? undefined : await waitingVersion(work.tx, approvalId);
      if (!waiting) throw new Refusal('approval.void', { number: '' });
      const { id, part, raw } = waiting;
      await putWaitingInForce(work.tx, waiting, work.now);
      work.afterCommit(() => work.desk.versions.take(part, { id, raw }));
      work.audit({ action: 'catalogue loaded', object: part, detail: { part, version: id, sha256: waiting.sha256 } });
      return { code: 'catalogue.loaded', data: { part, version: work.made(id) } };
    },
  });
}
