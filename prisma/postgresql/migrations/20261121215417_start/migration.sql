-- CreateTable
CREATE TABLE "Person" (
    "id" SERIAL NOT NULL,
    "operator" BOOLEAN NOT NULL DEFAULT false,
    "state" TEXT NOT NULL DEFAULT 'invited',
    "lastName" TEXT,
    "firstName" TEXT,
    "company" TEXT,
    "phone" TEXT,
    "street" TEXT,
    "zip" TEXT,
    "city" TEXT,
    "country" TEXT,
    "locale" TEXT NOT NULL,
    "passwordKind" TEXT,
    "passwordHash" TEXT,
    "passwordUntil" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Address" (
    "email" TEXT NOT NULL,
    "personId" INTEGER NOT NULL,
    "main" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Address_pkey" PRIMARY KEY ("email")
);

-- CreateTable
CREATE TABLE "DiscordUser" (
    "discordId" TEXT NOT NULL,
    "personId" INTEGER NOT NULL,
    "linkedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "DiscordUser_pkey" PRIMARY KEY ("discordId")
);

-- CreateTable
CREATE TABLE "StaffRole" (
    "personId" INTEGER NOT NULL,
    "role" TEXT NOT NULL,
    "grantedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "StaffRole_pkey" PRIMARY KEY ("personId","role")
);

-- CreateTable
CREATE TABLE "Organisation" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL DEFAULT 'company',
    "state" TEXT NOT NULL DEFAULT 'active',
    "locale" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Organisation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Membership" (
    "orgId" INTEGER NOT NULL,
    "personId" INTEGER NOT NULL,
    "role" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Membership_pkey" PRIMARY KEY ("orgId","personId")
);

-- CreateTable
CREATE TABLE "LinkCode" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "discordId" TEXT,
    "personId" INTEGER,
    "codeHash" TEXT NOT NULL,
    "triesLeft" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "usedAt" TIMESTAMP(3),

    CONSTRAINT "LinkCode_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OneTimeLink" (
    "tokenHash" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "personId" INTEGER,
    "email" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "usedAt" TIMESTAMP(3),

    CONSTRAINT "OneTimeLink_pkey" PRIMARY KEY ("tokenHash")
);

-- CreateTable
CREATE TABLE "Session" (
    "tokenHash" TEXT NOT NULL,
    "personId" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "seenAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("tokenHash")
);

-- CreateTable
CREATE TABLE "StockUnit" (
    "id" SERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "product" TEXT NOT NULL,
    "orgId" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'available',
    "number" TEXT,
    "numberKey" TEXT,
    "serial" TEXT,
    "purchaseId" INTEGER,
    "approvalId" INTEGER,
    "personId" INTEGER,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "StockUnit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Purchase" (
    "id" SERIAL NOT NULL,
    "orgId" INTEGER NOT NULL,
    "reference" TEXT NOT NULL,
    "product" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Purchase_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StockThreshold" (
    "orgId" INTEGER NOT NULL,
    "product" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "toldAt" TIMESTAMP(3),

    CONSTRAINT "StockThreshold_pkey" PRIMARY KEY ("orgId","product")
);

-- CreateTable
CREATE TABLE "Declaration" (
    "id" SERIAL NOT NULL,
    "orgId" INTEGER NOT NULL,
    "declarerId" INTEGER NOT NULL,
    "clientId" INTEGER NOT NULL,
    "product" TEXT NOT NULL,
    "packId" INTEGER,
    "boxId" INTEGER,
    "email" TEXT NOT NULL,
    "lastName" TEXT NOT NULL,
    "firstName" TEXT NOT NULL,
    "orderNumber" TEXT NOT NULL,
    "takeover" BOOLEAN NOT NULL,
    "supportContactId" INTEGER NOT NULL,
    "locale" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "duplicateKey" TEXT,
    "searchText" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "completedAt" TIMESTAMP(3),

    CONSTRAINT "Declaration_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Approval" (
    "id" SERIAL NOT NULL,
    "command" TEXT NOT NULL,
    "input" TEXT NOT NULL,
    "contentHash" TEXT NOT NULL,
    "requesterId" INTEGER NOT NULL,
    "orgId" INTEGER,
    "door" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "needed" INTEGER NOT NULL,
    "object" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "reminders" INTEGER NOT NULL DEFAULT 0,
    "endedAt" TIMESTAMP(3),
    "channelMessage" TEXT,

    CONSTRAINT "Approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApprovalDecision" (
    "approvalId" INTEGER NOT NULL,
    "personId" INTEGER NOT NULL,
    "verdict" TEXT NOT NULL,
    "reason" TEXT,
    "door" TEXT NOT NULL,
    "decidedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ApprovalDecision_pkey" PRIMARY KEY ("approvalId","personId")
);

-- CreateTable
CREATE TABLE "Audit" (
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "actorId" INTEGER,
    "operator" BOOLEAN NOT NULL,
    "door" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "object" TEXT,
    "detailHash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "Audit_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "AuditDetail" (
    "seq" INTEGER NOT NULL,
    "salt" TEXT NOT NULL,
    "detail" TEXT NOT NULL,

    CONSTRAINT "AuditDetail_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "AuditHead" (
    "id" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "AuditHead_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Outbox" (
    "id" SERIAL NOT NULL,
    "channel" TEXT NOT NULL,
    "letter" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "personId" INTEGER,
    "locale" TEXT NOT NULL,
    "params" TEXT NOT NULL,
    "secret" TEXT,
    "attachments" TEXT,
    "messageId" TEXT NOT NULL,
    "inReplyTo" TEXT,
    "thread" TEXT,
    "replyToken" TEXT,
    "autoReply" BOOLEAN NOT NULL DEFAULT false,
    "object" TEXT,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "dueAt" TIMESTAMP(3) NOT NULL,
    "leasedUntil" TIMESTAMP(3),
    "error" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "sentAt" TIMESTAMP(3),

    CONSTRAINT "Outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StoredAnswer" (
    "personId" INTEGER NOT NULL,
    "command" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "contentHash" TEXT NOT NULL,
    "answer" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "StoredAnswer_pkey" PRIMARY KEY ("personId","command","key")
);

-- CreateTable
CREATE TABLE "PendingCommand" (
    "id" TEXT NOT NULL,
    "personId" INTEGER,
    "discordId" TEXT,
    "kind" TEXT NOT NULL,
    "command" TEXT NOT NULL,
    "input" TEXT NOT NULL,
    "basis" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "usedAt" TIMESTAMP(3),

    CONSTRAINT "PendingCommand_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "InboundMail" (
    "id" SERIAL NOT NULL,
    "messageId" TEXT,
    "sha256" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "sender" TEXT,
    "personId" INTEGER,
    "subject" TEXT,
    "signature" TEXT,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "receivedAt" TIMESTAMP(3) NOT NULL,
    "endedAt" TIMESTAMP(3),

    CONSTRAINT "InboundMail_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MailCursor" (
    "mailbox" TEXT NOT NULL,
    "uidValidity" TEXT NOT NULL,
    "lastUid" INTEGER NOT NULL,

    CONSTRAINT "MailCursor_pkey" PRIMARY KEY ("mailbox")
);

-- CreateTable
CREATE TABLE "Attempt" (
    "id" SERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "JobRun" (
    "job" TEXT NOT NULL,
    "slot" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "JobRun_pkey" PRIMARY KEY ("job","slot")
);

-- CreateTable
CREATE TABLE "Setting" (
    "name" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "Setting_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE INDEX "Address_personId_idx" ON "Address"("personId");

-- CreateIndex
CREATE INDEX "DiscordUser_personId_idx" ON "DiscordUser"("personId");

-- CreateIndex
CREATE INDEX "Organisation_name_idx" ON "Organisation"("name");

-- CreateIndex
CREATE INDEX "Membership_personId_idx" ON "Membership"("personId");

-- CreateIndex
CREATE INDEX "LinkCode_discordId_idx" ON "LinkCode"("discordId");

-- CreateIndex
CREATE INDEX "LinkCode_personId_idx" ON "LinkCode"("personId");

-- CreateIndex
CREATE INDEX "OneTimeLink_personId_idx" ON "OneTimeLink"("personId");

-- CreateIndex
CREATE INDEX "Session_personId_idx" ON "Session"("personId");

-- CreateIndex
CREATE UNIQUE INDEX "StockUnit_numberKey_key" ON "StockUnit"("numberKey");

-- CreateIndex
CREATE INDEX "StockUnit_orgId_product_state_idx" ON "StockUnit"("orgId", "product", "state");

-- CreateIndex
CREATE INDEX "StockUnit_personId_idx" ON "StockUnit"("personId");

-- CreateIndex
CREATE INDEX "StockUnit_approvalId_idx" ON "StockUnit"("approvalId");

-- CreateIndex
CREATE INDEX "StockUnit_purchaseId_idx" ON "StockUnit"("purchaseId");

-- CreateIndex
CREATE UNIQUE INDEX "StockUnit_product_serial_key" ON "StockUnit"("product", "serial");

-- CreateIndex
CREATE UNIQUE INDEX "Purchase_orgId_reference_product_key" ON "Purchase"("orgId", "reference", "product");

-- CreateIndex
CREATE UNIQUE INDEX "Declaration_duplicateKey_key" ON "Declaration"("duplicateKey");

-- CreateIndex
CREATE INDEX "Declaration_orgId_id_idx" ON "Declaration"("orgId", "id");

-- CreateIndex
CREATE INDEX "Declaration_clientId_idx" ON "Declaration"("clientId");

-- CreateIndex
CREATE INDEX "Declaration_packId_idx" ON "Declaration"("packId");

-- CreateIndex
CREATE INDEX "Declaration_boxId_idx" ON "Declaration"("boxId");

-- CreateIndex
CREATE INDEX "Approval_state_expiresAt_idx" ON "Approval"("state", "expiresAt");

-- CreateIndex
CREATE INDEX "Audit_object_idx" ON "Audit"("object");

-- CreateIndex
CREATE UNIQUE INDEX "Outbox_messageId_key" ON "Outbox"("messageId");

-- CreateIndex
CREATE INDEX "Outbox_state_dueAt_idx" ON "Outbox"("state", "dueAt");

-- CreateIndex
CREATE INDEX "Outbox_object_idx" ON "Outbox"("object");

-- CreateIndex
CREATE INDEX "StoredAnswer_createdAt_idx" ON "StoredAnswer"("createdAt");

-- CreateIndex
CREATE INDEX "PendingCommand_expiresAt_idx" ON "PendingCommand"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "InboundMail_signature_key" ON "InboundMail"("signature");

-- CreateIndex
CREATE INDEX "InboundMail_messageId_idx" ON "InboundMail"("messageId");

-- CreateIndex
CREATE INDEX "InboundMail_state_idx" ON "InboundMail"("state");

-- CreateIndex
CREATE INDEX "Attempt_key_at_idx" ON "Attempt"("key", "at");

-- AddForeignKey
ALTER TABLE "Address" ADD CONSTRAINT "Address_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DiscordUser" ADD CONSTRAINT "DiscordUser_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "StaffRole" ADD CONSTRAINT "StaffRole_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_orgId_fkey" FOREIGN KEY ("orgId") REFERENCES "Organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
