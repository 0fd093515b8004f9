-- AlterTable
ALTER TABLE "Organisation" ADD COLUMN     "city" TEXT,
ADD COLUMN     "country" TEXT,
ADD COLUMN     "displayName" TEXT,
ADD COLUMN     "email" TEXT,
ADD COLUMN     "phone" TEXT,
ADD COLUMN     "registration" TEXT,
ADD COLUMN     "searchText" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "street" TEXT,
ADD COLUMN     "termsAcceptedAt" TIMESTAMP(3),
ADD COLUMN     "termsAcceptedBy" INTEGER,
ADD COLUMN     "termsVersion" TEXT,
ADD COLUMN     "vat" TEXT,
ADD COLUMN     "zip" TEXT;

-- CreateTable
CREATE TABLE "Customer" (
    "id" SERIAL NOT NULL,
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
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "endedAt" TIMESTAMP(3),

    CONSTRAINT "Customer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OwnerAddress" (
    "email" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'unverified',
    "locale" TEXT NOT NULL,
    "askedAt" TIMESTAMP(3),
    "dueAt" TIMESTAMP(3),
    "reminders" INTEGER NOT NULL DEFAULT 0,
    "verifiedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "OwnerAddress_pkey" PRIMARY KEY ("email")
);

-- CreateTable
CREATE TABLE "Domain" (
    "id" SERIAL NOT NULL,
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
    "suspendedAt" TIMESTAMP(3),
    "searchText" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "endedAt" TIMESTAMP(3),

    CONSTRAINT "Domain_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RegistrarTask" (
    "id" SERIAL NOT NULL,
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
    "dueAt" TIMESTAMP(3),
    "sentAt" TIMESTAMP(3),
    "leasedUntil" TIMESTAMP(3),
    "channelMessage" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "endedAt" TIMESTAMP(3),

    CONSTRAINT "RegistrarTask_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RenewalNotice" (
    "id" SERIAL NOT NULL,
    "domainId" INTEGER NOT NULL,
    "expiresOn" TEXT NOT NULL,
    "milestone" INTEGER NOT NULL,
    "recipient" TEXT NOT NULL,
    "personId" INTEGER,
    "outcome" TEXT NOT NULL,
    "reason" TEXT,
    "at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "RenewalNotice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RenewalRun" (
    "day" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "sent" INTEGER NOT NULL,
    "skipped" INTEGER NOT NULL,
    "failed" INTEGER NOT NULL,
    "renewed" INTEGER NOT NULL,
    "detail" TEXT NOT NULL,

    CONSTRAINT "RenewalRun_pkey" PRIMARY KEY ("day")
);

-- CreateTable
CREATE TABLE "Balance" (
    "orgId" INTEGER NOT NULL,
    "prepaidCents" INTEGER NOT NULL DEFAULT 0,
    "receivableCents" INTEGER NOT NULL DEFAULT 0,
    "creditCents" INTEGER NOT NULL DEFAULT 0,
    "thresholdCents" INTEGER NOT NULL DEFAULT 0,
    "toldAt" TIMESTAMP(3),
    "currency" TEXT NOT NULL DEFAULT 'EUR',

    CONSTRAINT "Balance_pkey" PRIMARY KEY ("orgId")
);

-- CreateTable
CREATE TABLE "LedgerEntry" (
    "id" SERIAL NOT NULL,
    "orgId" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "onceKey" TEXT NOT NULL,
    "object" TEXT,
    "grossCents" INTEGER NOT NULL,
    "balanceCents" INTEGER NOT NULL,
    "currency" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "actorId" INTEGER,

    CONSTRAINT "LedgerEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LedgerLine" (
    "id" SERIAL NOT NULL,
    "entryId" INTEGER NOT NULL,
    "orgId" INTEGER NOT NULL,
    "account" TEXT NOT NULL,
    "cents" INTEGER NOT NULL,

    CONSTRAINT "LedgerLine_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Receipt" (
    "id" SERIAL NOT NULL,
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
    "issuedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Receipt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ReceiptCounter" (
    "year" INTEGER NOT NULL,
    "last" INTEGER NOT NULL,

    CONSTRAINT "ReceiptCounter_pkey" PRIMARY KEY ("year")
);

-- CreateTable
CREATE TABLE "Ticket" (
    "id" SERIAL NOT NULL,
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
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "firstAnswerAt" TIMESTAMP(3),
    "closedAt" TIMESTAMP(3),
    "channelMessage" TEXT,

    CONSTRAINT "Ticket_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TicketMessage" (
    "id" SERIAL NOT NULL,
    "ticketId" INTEGER NOT NULL,
    "personId" INTEGER,
    "discordId" TEXT,
    "staff" BOOLEAN NOT NULL,
    "door" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "TicketMessage_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TicketFile" (
    "id" SERIAL NOT NULL,
    "ticketId" INTEGER NOT NULL,
    "messageId" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,

    CONSTRAINT "TicketFile_pkey" PRIMARY KEY ("id")
);

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

-- AddForeignKey
ALTER TABLE "LedgerLine" ADD CONSTRAINT "LedgerLine_entryId_fkey" FOREIGN KEY ("entryId") REFERENCES "LedgerEntry"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- found by their names until they are next changed
UPDATE "Organisation" SET "searchText" = lower("name");
