/** Every command there is. A command of a programme that does not work yet is not here. */
import { approvalCommands } from './approvals/commands.js';
import { createRegistry, type Registry } from './command/registry.js';
import { deviceImport } from './devices/import-command.js';
import { deviceAdd, deviceCheck } from './devices/enrol-commands.js';
import { installerEdit, installerRegister, installerShow } from './devices/installer-commands.js';
import { deviceEdit, deviceRemove, deviceResend } from './devices/life-commands.js';
import { deviceList, deviceShow } from './devices/list-commands.js';
import { deviceAccess, deviceConsent, deviceGrants, deviceRevoke } from './devices/access-commands.js';
import { gatewayAdd, gatewayList, gatewayRemove } from './devices/gateway-commands.js';
import { auditShow, auditVerify } from './desk/audit.js';
import { catalogueShow } from './desk/catalogue.js';
import { catalogueLoad } from './desk/catalogue-load.js';
import { catalogueWhy } from './desk/catalogue-why.js';
import { helpCommand } from './desk/help.js';
import { declareBulk } from './packs/declare-bulk.js';
import { declareList, declareNew, declareResend, declareShow } from './packs/declare-commands.js';
import { mailCommands } from './mails/commands.js';
import { orderDossier } from './orders/dossier-command.js';
import { orderAttach, orderDetach, orderEdit, orderNew } from './orders/draft-commands.js';
import { orderDecisions } from './orders/decide-commands.js';
import { orderCancel, orderProvisioned } from './orders/life-commands.js';
import { orderSubmit } from './orders/submit-command.js';
import { orderList, orderShow } from './orders/list-commands.js';
import { opportunityImport } from './opportunities/import-command.js';
import { opportunityList, opportunityShow } from './opportunities/opportunity-commands.js';
import { packRedeem } from './packs/redeem.js';
import { stockReceive, stockReconcile, stockShow, stockThreshold, stockWithdraw } from './packs/stock-commands.js';
import { stockImport } from './packs/stock-import.js';
import { accountEdit, accountPassword, accountShow } from './parties/account.js';
import { siteChange } from './sites/change-command.js';
import { siteImport } from './sites/import-command.js';
import { siteList, siteShow } from './sites/site-commands.js';
import { accountErase, accountExport } from './parties/data-commands.js';
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
  accountExport,
  accountErase,
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
  orderNew,
  orderEdit,
  orderAttach,
  orderDetach,
  orderSubmit,
  orderCancel,
  orderList,
  orderShow,
  orderDossier,
  ...orderDecisions(() => commands),
  orderProvisioned,
  siteList,
  siteShow,
  siteChange,
  siteImport,
  opportunityList,
  opportunityShow,
  opportunityImport,
  installerRegister,
  installerShow,
  installerEdit,
  deviceCheck,
  deviceAdd,
  deviceList,
  deviceShow,
  deviceEdit,
  deviceResend,
  deviceRemove,
  deviceAccess,
  deviceGrants,
  deviceRevoke,
  deviceConsent,
  deviceImport,
  ...approvalCommands(() => commands),
  staffGrant,
  staffRevoke,
  staffList,
  gatewayAdd,
  gatewayList,
  gatewayRemove,
  catalogueShow,
  catalogueLoad(() => commands),
  catalogueWhy,
  auditShow,
  auditVerify,
  ...mailCommands,
]);
