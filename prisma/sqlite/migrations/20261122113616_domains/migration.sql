-- CreateTable
CREATE TABLE "Customer" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "orgId" INTEGER NOT NULL,
    "selfOf" INTEGER,
    "type" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "lastName" TEXT NOT NULL,
    "firstName" TEXT NOT NULL,
    "company" TEXT,
    "vat" TEXT,
    "street" TEXT,
    "zip" TEXT,
    "city" TEXT,
    "country" TEXT,
    "phone" TEXT,
    "locale" TEXT NOT NULL,
    "tags" TEXT NOT NULL DEFAULT '[]',
    "state" TEXT NOT NULL DEFAULT 'unverified',
    "searchText" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "endedAt" DATETIME
);

-- CreateTable
CREATE TABLE "OwnerAddress" (
    "email" TEXT NOT NULL PRIMARY KEY,
    "state" TEXT NOT NULL DEFAULT 'unverified',
    "locale" TEXT NOT NULL,
    "askedAt" DATETIME,
    "dueAt" DATETIME,
    "reminders" INTEGER NOT NULL DEFAULT 0,
    "verifiedAt" DATETIME,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Domain" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "heldName" TEXT,
    "tld" TEXT NOT NULL,
    "orgId" INTEGER NOT NULL,
    "customerId" INTEGER NOT NULL,
    "ownerName" TEXT NOT NULL DEFAULT '',
    "ownerEmail" TEXT NOT NULL DEFAULT '',
    "state" TEXT NOT NULL DEFAULT 'requested',
    "autoRenew" BOOLEAN NOT NULL DEFAULT false,
    "registeredOn" TEXT,
    "expiresOn" TEXT,
    "tags" TEXT NOT NULL DEFAULT '[]',
    "reason" TEXT,
    "suspendedAt" DATETIME,
    "searchText" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "endedAt" DATETIME
);

-- CreateTable
CREATE TABLE "RegistrarTask" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "domainId" INTEGER NOT NULL,
    "orgId" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "port" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "years" INTEGER,
    "netCents" INTEGER,
    "vatCents" INTEGER,
    "grossCents" INTEGER,
    "currency" TEXT,
    "secret" TEXT,
    "onceKey" TEXT,
    "requesterId" INTEGER,
    "door" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "chargeId" INTEGER,
    "refundId" INTEGER,
    "reference" TEXT,
    "doneOn" TEXT,
    "reason" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "dueAt" DATETIME,
    "sentAt" DATETIME,
    "leasedUntil" DATETIME,
    "channelMessage" TEXT,
    "createdAt" DATETIME NOT NULL,
    "endedAt" DATETIME
);

-- CreateTable
CREATE TABLE "RenewalNotice" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "domainId" INTEGER NOT NULL,
    "expiresOn" TEXT NOT NULL,
    "milestone" INTEGER NOT NULL,
    "recipient" TEXT NOT NULL,
    "personId" INTEGER,
    "outcome" TEXT NOT NULL,
    "reason" TEXT,
    "at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "RenewalRun" (
    "day" TEXT NOT NULL PRIMARY KEY,
    "at" DATETIME NOT NULL,
    "sent" INTEGER NOT NULL,
    "skipped" INTEGER NOT NULL,
    "failed" INTEGER NOT NULL,
    "renewed" INTEGER NOT NULL,
    "detail" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "Balance" (
    "orgId" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "prepaidCents" INTEGER NOT NULL DEFAULT 0,
    "receivableCents" INTEGER NOT NULL DEFAULT 0,
    "creditCents" INTEGER NOT NULL DEFAULT 0,
    "thresholdCents" INTEGER NOT NULL DEFAULT 0,
    "toldAt" DATETIME,
    "currency" TEXT NOT NULL DEFAULT 'EUR'
);

-- CreateTable
CREATE TABLE "LedgerEntry" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "orgId" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "onceKey" TEXT NOT NULL,
    "object" TEXT,
    "grossCents" INTEGER NOT NULL,
    "balanceCents" INTEGER NOT NULL,
    "currency" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "actorId" INTEGER
);

-- CreateTable
CREATE TABLE "LedgerLine" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "entryId" INTEGER NOT NULL,
    "orgId" INTEGER NOT NULL,
    "account" TEXT NOT NULL,
    "cents" INTEGER NOT NULL,
    CONSTRAINT "LedgerLine_entryId_fkey" FOREIGN KEY ("entryId") REFERENCES "LedgerEntry" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Receipt" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "year" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "number" TEXT NOT NULL,
    "orgId" INTEGER NOT NULL,
    "entryId" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "netCents" INTEGER NOT NULL,
    "vatCents" INTEGER NOT NULL,
    "grossCents" INTEGER NOT NULL,
    "currency" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "issuedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "ReceiptCounter" (
    "year" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "last" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "Ticket" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "orgId" INTEGER,
    "customerId" INTEGER,
    "personId" INTEGER,
    "discordId" TEXT,
    "subject" TEXT NOT NULL,
    "object" TEXT,
    "priority" BOOLEAN NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "door" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "followsId" INTEGER,
    "searchText" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "firstAnswerAt" DATETIME,
    "closedAt" DATETIME,
    "channelMessage" TEXT
);

-- CreateTable
CREATE TABLE "TicketMessage" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "ticketId" INTEGER NOT NULL,
    "personId" INTEGER,
    "discordId" TEXT,
    "staff" BOOLEAN NOT NULL,
    "door" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "TicketFile" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "ticketId" INTEGER NOT NULL,
    "messageId" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Organisation" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "displayName" TEXT,
    "type" TEXT NOT NULL DEFAULT 'company',
    "state" TEXT NOT NULL DEFAULT 'active',
    "locale" TEXT NOT NULL,
    "vat" TEXT,
    "registration" TEXT,
    "street" TEXT,
    "zip" TEXT,
    "city" TEXT,
    "country" TEXT,
    "phone" TEXT,
    "email" TEXT,
    "termsVersion" TEXT,
    "termsAcceptedAt" DATETIME,
    "termsAcceptedBy" INTEGER,
    "searchText" TEXT NOT NULL DEFAULT '',
    "createdAt" DATETIME NOT NULL
);
INSERT INTO "new_Organisation" ("createdAt", "id", "locale", "name", "state", "type") SELECT "createdAt", "id", "locale", "name", "state", "type" FROM "Organisation";
DROP TABLE "Organisation";
ALTER TABLE "new_Organisation" RENAME TO "Organisation";
CREATE INDEX "Organisation_name_idx" ON "Organisation"("name");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- CreateIndex
CREATE UNIQUE INDEX "Customer_selfOf_key" ON "Customer"("selfOf");

-- CreateIndex
CREATE INDEX "Customer_orgId_id_idx" ON "Customer"("orgId", "id");

-- CreateIndex
CREATE INDEX "Customer_email_idx" ON "Customer"("email");

-- CreateIndex
CREATE INDEX "OwnerAddress_state_dueAt_idx" ON "OwnerAddress"("state", "dueAt");

-- CreateIndex
CREATE UNIQUE INDEX "Domain_heldName_key" ON "Domain"("heldName");

-- CreateIndex
CREATE INDEX "Domain_orgId_id_idx" ON "Domain"("orgId", "id");

-- CreateIndex
CREATE INDEX "Domain_orgId_expiresOn_idx" ON "Domain"("orgId", "expiresOn");

-- CreateIndex
CREATE INDEX "Domain_customerId_idx" ON "Domain"("customerId");

-- CreateIndex
CREATE INDEX "Domain_ownerEmail_idx" ON "Domain"("ownerEmail");

-- CreateIndex
CREATE INDEX "Domain_state_expiresOn_idx" ON "Domain"("state", "expiresOn");

-- CreateIndex
CREATE INDEX "Domain_name_idx" ON "Domain"("name");

-- CreateIndex
CREATE UNIQUE INDEX "RegistrarTask_onceKey_key" ON "RegistrarTask"("onceKey");

-- CreateIndex
CREATE INDEX "RegistrarTask_domainId_id_idx" ON "RegistrarTask"("domainId", "id");

-- CreateIndex
CREATE INDEX "RegistrarTask_orgId_state_id_idx" ON "RegistrarTask"("orgId", "state", "id");

-- CreateIndex
CREATE INDEX "RegistrarTask_state_dueAt_idx" ON "RegistrarTask"("state", "dueAt");

-- CreateIndex
CREATE INDEX "RenewalNotice_at_idx" ON "RenewalNotice"("at");

-- CreateIndex
CREATE UNIQUE INDEX "RenewalNotice_domainId_expiresOn_milestone_recipient_key" ON "RenewalNotice"("domainId", "expiresOn", "milestone", "recipient");

-- CreateIndex
CREATE UNIQUE INDEX "LedgerEntry_onceKey_key" ON "LedgerEntry"("onceKey");

-- CreateIndex
CREATE INDEX "LedgerEntry_orgId_id_idx" ON "LedgerEntry"("orgId", "id");

-- CreateIndex
CREATE INDEX "LedgerLine_orgId_account_idx" ON "LedgerLine"("orgId", "account");

-- CreateIndex
CREATE INDEX "LedgerLine_entryId_idx" ON "LedgerLine"("entryId");

-- CreateIndex
CREATE UNIQUE INDEX "Receipt_number_key" ON "Receipt"("number");

-- CreateIndex
CREATE UNIQUE INDEX "Receipt_entryId_key" ON "Receipt"("entryId");

-- CreateIndex
CREATE INDEX "Receipt_orgId_id_idx" ON "Receipt"("orgId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Receipt_year_seq_key" ON "Receipt"("year", "seq");

-- CreateIndex
CREATE INDEX "Ticket_state_priority_createdAt_idx" ON "Ticket"("state", "priority", "createdAt");

-- CreateIndex
CREATE INDEX "Ticket_personId_id_idx" ON "Ticket"("personId", "id");

-- CreateIndex
CREATE INDEX "Ticket_orgId_id_idx" ON "Ticket"("orgId", "id");

-- CreateIndex
CREATE INDEX "Ticket_customerId_idx" ON "Ticket"("customerId");

-- CreateIndex
CREATE INDEX "TicketMessage_ticketId_id_idx" ON "TicketMessage"("ticketId", "id");

-- CreateIndex
CREATE INDEX "TicketFile_ticketId_idx" ON "TicketFile"("ticketId");

-- CreateIndex
CREATE INDEX "TicketFile_sha256_idx" ON "TicketFile"("sha256");

-- found by their names until they are next changed
UPDATE "Organisation" SET "searchText" = lower("name");
