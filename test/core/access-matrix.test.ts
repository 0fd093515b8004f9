/**
 * SPEC 0, "Authority", as a matrix made from the registry: every command × every kind of person × one's own, another's and
 * no such object × tried and done. What is expected is told from the command's declared policy (`who`, `proof`, the
 * catalogue's approvers) alone.
 */
import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AnyCommand } from '../../src/core/command/define.js';
import type { Outcome } from '../../src/core/command/outcome.js';
import { commands } from '../../src/core/programmes/index.js';
import { identify, type Actor } from '../../src/core/guard/identity.js';
import { databases } from '../servers/databases.js';
import { cells, type Cell } from './access-cells.js';
import { isSo, isStaffWord, mark, newParty, nothing, peopleOf, type Kind, type Things } from './access-ground.js';
import { builtPair } from './device-ground.js';
import { newEmail, newReseller, newStaff, openTestDesk, standing, type TestDesk } from './ground.js';

const names = commands.all.map(({ name }) => name);
const whose = ['own', "another's", 'none'] as const;
type Whose = (typeof whose)[number];
type Verdict = 'open' | 'shut';

interface Asker extends Kind {
  readonly actor: Actor;
}

/** What the declared policy says. */
function expected(command: AnyCommand, cell: Cell, { asker, of, desk }: { asker: Asker; of: Whose; desk: TestDesk }) {
  const { actor } = asker;
  if (actor.state === 'suspended') return 'shut';
  const words = command.who.filter((who) => isSo(who, actor, command.reads));
  if (words.length === 0) return 'shut';
  if (cell.addressed && actor.personId === 0 && actor.proven.email === undefined) return 'shut';
  const ranks = ['viewer', 'manager', 'owner'];
  const highest = Math.max(-1, ...actor.members.map(({ role }) => ranks.indexOf(role)));
  if (of === 'own' && cell.least && highest < ranks.indexOf(cell.least)) return 'shut';
  if (actor.proof === 'released' && (actor.roles.length > 0 || command.proof === 'own')) return 'shut';
  const byStaff = command.who.some((who) => isStaffWord(who, actor));
  if (cell.decides) {
    const { approvers } = desk.desk.catalogue.policy.approvals[cell.decides] ?? { approvers: [] };
    if (!actor.roles.some((role) => (approvers as readonly string[]).includes(role))) return 'shut';
  }
  if (cell.about === undefined) return 'open';
  if (of === 'none') return 'shut';
  return of === 'own' || byStaff ? 'open' : 'shut';
}

/** An owner is no staff: what was not put to owners is none of theirs. */
const onlyForStaff = new Set(['approval list', 'approval show', 'approval approve', 'approval refuse']);

const shutCodes = ['access.denied', 'approval.self', 'object.unknown', 'person.unknown', 'sender.unproven'];

function verdictOf(outcome: Outcome, cell: Cell): Verdict {
  if (outcome.code === 'fault') throw new Error(JSON.stringify(outcome));
  if (shutCodes.includes(outcome.code)) return 'shut';
  // another's organisation in a choice among one's own
  const wrong = outcome.code === 'input.invalid' && !outcome.ok ? Object.keys(outcome.fields ?? {}) : [];
  return cell.field !== undefined && wrong.includes(cell.field) ? 'shut' : 'open';
}

describe('who may do what', () => {
  const [sqlite] = databases();
  const folder = mkdtempSync(join(tmpdir(), 'guichet-matrix-'));
  let world: TestDesk;
  let askers: Asker[];
  let other: Things;
  let table: ReturnType<typeof cells>;
  let counted = 0;

  beforeAll(async () => {
    if (!sqlite) throw new Error('no database');
    world = await openTestDesk(sqlite);
    const kinds = await peopleOf(world);
    other = await newParty(world, mark);
    const { reader, writer } = world.connection;
    const stock = await newReseller(world, { pro: 2 });
    const withdrawal = { reseller: stock.ref, product: 'pro', quantity: '1', reason: 'sent back' };
    const email = await newStaff(world, 'stock');
    const { personId } = await reader.address.findUniqueOrThrow({ where: { email } });
    const { approval } = await world.done('stock withdraw', withdrawal, { caller: { kind: 'session', personId } });
    const held = await writer.inboundMail.create({
      data: {
        ...{ sha256: 'x', source: 'smtp', sender: newEmail('unknown'), state: 'held', reason: 'no proof' },
        receivedAt: world.clock(),
      },
    });
    const today = world.clock().toISOString().slice(0, 10);
    const pairs = await Promise.all(Array.from({ length: 20 }, () => builtPair(world)));
    const createdAt = world.clock();
    const gateways = Array.from({ length: 80 }, (_, at) => ({
      name: `vpn-${at}`,
      activeName: `vpn ${at}`,
      personId: 1,
      keyHash: `${at}`,
      createdAt,
    }));
    await writer.gateway.createMany({ data: gateways });
    let [nextPair, nextGateway] = [0, 0];
    table = cells({
      ...{ approval: String(approval), held: `H-${held.id}`, today, clerk: await newStaff(world, 'stock') },
      pair: () => pairs[(nextPair += 1) % pairs.length] ?? {},
      gateway: () => gateways[(nextGateway += 1) % gateways.length]?.name ?? '',
    });
    askers = [];
    for (const kind of kinds) askers.push({ ...kind, actor: await identify(reader, kind.caller) });
    await world.open.close();
    copyFileSync(world.url.slice('file:'.length), join(folder, 'world.db'));
  }, 120_000);
  afterAll(() => {
    process.stdout.write(`access matrix: ${counted} cells\n`);
    for (const path of [folder, world.settings.DATA_DIR]) rmSync(path, { recursive: true, force: true });
  });

  /** The world as it was made, for one command. */
  async function again(): Promise<TestDesk> {
    const desk = await openTestDesk({
      name: 'sqlite',
      empty: () => Promise.reject(new Error('not here')),
      fresh: () => {
        const path = join(mkdtempSync(join(folder, 'desk-')), 'guichet.db');
        copyFileSync(join(folder, 'world.db'), path);
        return Promise.resolve({ url: `file:${path}`, drop: () => Promise.resolve() });
      },
    });
    cpSync(join(world.settings.DATA_DIR, 'documents'), join(desk.settings.DATA_DIR, 'documents'), { recursive: true });
    return desk;
  }

  test('has every command', () => {
    expect(Object.keys(table).sort()).toEqual([...names].sort());
  });

  test.each(names)('%s', async (name) => {
    const command = commands.find(name);
    const cell = table[name];
    if (!command || !cell) throw new Error('not in the table');
    const desk = await again();
    const wrong: unknown[] = [];
    try {
      const play = async (asker: Asker, of: Whose, dryRun: boolean) => {
        const { things, owns } = asker;
        const mine = things && (cell.about === undefined || owns.includes(cell.about));
        if (of === 'own' && !mine) return;
        const target = of === 'own' ? things : of === 'none' ? nothing : other;
        const outcome = await desk.ask(name, cell.input(target ?? nothing), {
          caller: asker.caller,
          door: 'web',
          dryRun,
        });
        const staffOnly = onlyForStaff.has(name) && asker.actor.roles.length === 0;
        const right = staffOnly ? 'shut' : expected(command, cell, { asker, of, desk });
        const verdict = verdictOf(outcome, cell);
        counted += 1;
        const leaks = asker.actor.roles.length === 0 && JSON.stringify(outcome).includes(mark);
        if (verdict !== right || leaks)
          wrong.push({
            asker: asker.name,
            of,
            dryRun,
            right,
            verdict,
            code: outcome.code,
            outcome: outcome.ok ? undefined : outcome.fields,
            leaks,
          });
      };
      const about = cell.about === undefined ? (['own', 'none'] as const) : whose;
      const all = askers.flatMap((asker) => about.map((of) => ({ asker, of })));
      for (const { asker, of } of all) await play(asker, of, true);
      // those who may not leave nothing behind; whoever the desk did not know may have become somebody by the dry run
      const isShut = (one: { asker: Asker; of: Whose }) => expected(command, cell, { ...one, desk }) === 'shut';
      const before = standing(await desk.dump());
      for (const { asker, of } of all.filter(isShut)) await play(asker, of, false);
      expect(standing(await desk.dump())).toEqual(before);
      for (const { asker, of } of all.filter((one) => !isShut(one))) await play(asker, of, false);
      expect(wrong).toEqual([]);
    } finally {
      await desk.close();
    }
  });
});
