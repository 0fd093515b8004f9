/** Every command there is. A command of a programme that does not work yet is not here. */
import { approvalCommands } from './approvals/commands.js';
import { createRegistry, type Registry } from '../command/registry.js';
import { customerAdd, customerEdit, customerList, customerShow } from './customers/customer-commands.js';
import { customerDelete, customerRelease } from './customers/leaving-commands.js';
import { deviceImport } from './devices/import-command.js';
import { deviceAdd, deviceCheck } from './devices/enrol-commands.js';
import { installerEdit, installerRegister, installerShow } from './devices/installer-commands.js';
import { deviceEdit, deviceRemove, deviceResend } from './devices/life-commands.js';
import { deviceList, deviceShow } from './devices/list-commands.js';
import { deviceAccess, deviceConsent, deviceGrants, deviceRevoke } from './devices/access-commands.js';
import { domainImport } from './domains/import-command.js';
import { domainList, domainShow } from './domains/list-commands.js';
import { domainRegister, domainTransfer } from './domains/order-commands.js';
import { billingBalance, billingCredit, billingThreshold, billingTopup } from './billing/account-commands.js';
import { billingForecast } from './billing/forecast-command.js';
import { billingHistory, billingOrders, billingReceipts } from './billing/list-commands.js';
import { billingReceipt } from './billing/receipt-command.js';
import { customerResendVerification, domainResendValidation } from './owners/owner-commands.js';
import { domainRenew } from './domains/renew-command.js';
import { domainAutorenew, domainTag } from './domains/settings-commands.js';
import { domainDone, domainFailed } from './domains/task-commands.js';
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
import { orgInvite, orgRemove } from './organisations/member-commands.js';
import { orgCreate, orgEdit, orgList, orgShow } from './organisations/org-commands.js';
import { orgBecomeReseller } from './organisations/reseller-command.js';
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
import { resellerRegister } from './parties/reseller-command.js';
import { staffGrant, staffList, staffRevoke } from './parties/staff.js';
import { supportCommands } from './support/commands.js';

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
  orgCreate,
  orgEdit,
  orgList,
  orgShow,
  orgInvite,
  orgRemove,
  orgBecomeReseller,
  customerAdd,
  customerEdit,
  customerList,
  customerShow,
  customerRelease,
  customerDelete,
  domainRegister,
  domainTransfer,
  domainList,
  domainShow,
  domainRenew,
  domainAutorenew,
  domainTag,
  domainImport,
  domainDone,
  domainFailed,
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
  customerResendVerification,
  domainResendValidation,
  billingBalance,
  billingOrders,
  billingReceipts,
  billingReceipt,
  billingHistory,
  billingForecast,
  billingThreshold,
  billingTopup,
  billingCredit,
  ...supportCommands,
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
