/** Every command there is. A command of a programme that does not work yet is not here. */
import { approvalCommands } from './approvals/commands.js';
import { createRegistry, type Registry } from './command/registry.js';
import { auditShow, auditVerify } from './desk/audit.js';
import { catalogueShow } from './desk/catalogue.js';
import { helpCommand } from './desk/help.js';
import { declareBulk } from './packs/declare-bulk.js';
import { declareList, declareNew, declareResend, declareShow } from './packs/declare-commands.js';
import { mailCommands } from './mails/commands.js';
import { packRedeem } from './packs/redeem.js';
import { stockReceive, stockReconcile, stockShow, stockThreshold, stockWithdraw } from './packs/stock-commands.js';
import { stockImport } from './packs/stock-import.js';
import { accountEdit, accountPassword, accountShow } from './parties/account.js';
import { accountConfirm, accountLink, accountUnlink } from './parties/linking.js';
import { resellerRegister } from './parties/reseller.js';
import { staffGrant, staffList, staffRevoke } from './parties/staff.js';

/** In the order in which help and the reference tell them. */
export const commands: Registry = createRegistry([
  helpCommand(() => commands),
  accountLink,
  accountConfirm,
  accountUnlink,
  accountShow,
  accountEdit,
  accountPassword,
  stockShow,
  declareNew,
  declareBulk,
  declareList,
  declareShow,
  declareResend,
  packRedeem,
  stockThreshold,
  stockReconcile,
  resellerRegister,
  stockReceive,
  stockImport,
  stockWithdraw,
  ...approvalCommands(() => commands),
  staffGrant,
  staffRevoke,
  staffList,
  catalogueShow,
  auditShow,
  auditVerify,
  ...mailCommands,
]);
