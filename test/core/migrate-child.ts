/** A process that migrates when told to: sends `ready`, takes a target, answers what was applied. */
import { migrate, type MigrationTarget } from '../../src/core/database/migrate.js';

process.once('message', (target) => {
  migrate(target as MigrationTarget).then(
    (done) => process.send?.(done, () => process.exit(0)),
    (error: unknown) => process.send?.({ error: String(error) }, () => process.exit(1)),
  );
});
process.send?.('ready');
