/** `help`: what the asker may do, and how a command is asked. */
import { command, optional, type AnyCommand } from '../../command/define.js';
import { topic } from '../../command/dictionary.js';
import { usesOf, type Registry } from '../../command/registry.js';
import { denied } from '../../guard/policy.js';
import { Refusal } from '../../guard/refusal.js';
import type { Work } from '../../guard/work.js';

const fieldsOf = (found: AnyCommand, work: Work) =>
  usesOf(found).map((use) => ({
    field: use.field.name,
    label: use.field.labels[work.locale][0],
    required: use.required,
    ...(use.when ? { when: use.when[work.locale] } : {}),
    ...(use.field.hint ? { hint: use.field.hint[work.locale] } : {}),
  }));

export const helpCommand = (registry: () => Registry): AnyCommand =>
  command({
    name: 'help',
    help: { fr: 'Ce que vous pouvez faire ici', en: 'What you can do here' },
    who: ['anyone', 'staff'],
    reads: true,
    fields: [optional(topic)],
    run(work, input) {
      const may = registry().all.filter((one) => denied(work.actor, one, work.door) === undefined);
      if (input.topic === undefined)
        return Promise.resolve({
          code: 'help.shown',
          data: { commands: may.map((one) => ({ command: one.name, help: one.help[work.locale] })) },
        });
      const found = registry().find(input.topic);
      const nouns = may.filter((one) => one.name.split(' ')[0] === input.topic?.toLowerCase());
      if (!found && nouns.length > 0)
        return Promise.resolve({
          code: 'help.shown',
          data: { commands: nouns.map((one) => ({ command: one.name, help: one.help[work.locale] })) },
        });
      if (!found)
        throw new Refusal('command.unknown', { command: input.topic, nearest: registry().nearest(input.topic) });
      // anybody may read how a command is asked, but for what is never asked here
      const why = denied(work.actor, found, work.door);
      if (why === 'mail') throw new Refusal('access.denied', { why, command: found.name });
      return Promise.resolve({
        code: 'help.shown',
        data: { command: found.name, help: found.help[work.locale], fields: fieldsOf(found, work) },
      });
    },
  });
