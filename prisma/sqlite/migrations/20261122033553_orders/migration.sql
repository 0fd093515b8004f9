-- AlterTable
ALTER TABLE "OneTimeLink" ADD COLUMN "content" TEXT;

-- AlterTable
ALTER TABLE "Approval" ADD COLUMN "approvers" TEXT;

-- CreateTable
CREATE TABLE "CatalogueVersion" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "part" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'loaded',
    "personId" INTEGER,
    "approvalId" INTEGER,
    "loadedAt" DATETIME NOT NULL,
    "endedAt" DATETIME
);

-- CreateTable
CREATE TABLE "Site" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "orgId" INTEGER NOT NULL,
    "generation" TEXT NOT NULL,
    "productLine" TEXT NOT NULL,
    "siteName" TEXT NOT NULL,
    "siteStreet" TEXT,
    "siteZip" TEXT,
    "siteCity" TEXT,
    "siteCountry" TEXT,
    "siteRegistration" TEXT,
    "siteVat" TEXT,
    "sitePhone" TEXT,
    "siteEmail" TEXT,
    "contactLastName" TEXT,
    "contactFirstName" TEXT,
    "contactRole" TEXT,
    "contactEmail" TEXT,
    "contactPhone" TEXT,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "searchText" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "SiteChange" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "siteId" INTEGER NOT NULL,
    "orgId" INTEGER NOT NULL,
    "requesterId" INTEGER NOT NULL,
    "relatedOrderId" INTEGER,
    "before" TEXT NOT NULL,
    "after" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'submitted',
    "reason" TEXT,
    "approvalId" INTEGER,
    "door" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "endedAt" DATETIME
);

-- CreateTable
CREATE TABLE "Opportunity" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "orgId" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "generation" TEXT,
    "solution" TEXT,
    "siteName" TEXT,
    "siteStreet" TEXT,
    "siteZip" TEXT,
    "siteCity" TEXT,
    "siteCountry" TEXT,
    "siteRegistration" TEXT,
    "siteVat" TEXT,
    "sitePhone" TEXT,
    "siteEmail" TEXT,
    "contactLastName" TEXT,
    "contactFirstName" TEXT,
    "contactRole" TEXT,
    "contactEmail" TEXT,
    "contactPhone" TEXT,
    "amountCents" INTEGER,
    "currency" TEXT,
    "closingDate" TEXT,
    "state" TEXT NOT NULL DEFAULT 'open',
    "orderId" INTEGER,
    "searchText" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Order" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "orgId" INTEGER NOT NULL,
    "requesterId" INTEGER NOT NULL,
    "door" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'draft',
    "type" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "generation" TEXT,
    "solution" TEXT,
    "siteId" INTEGER,
    "opportunityId" INTEGER,
    "content" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "contentHash" TEXT,
    "catalogueId" INTEGER,
    "approvalId" INTEGER,
    "reviewerId" INTEGER,
    "reason" TEXT,
    "searchText" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "submittedAt" DATETIME,
    "decidedAt" DATETIME,
    "provisionedOn" TEXT,
    "doneAt" DATETIME
);

-- CreateTable
CREATE TABLE "OrderDocument" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "orderId" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "personId" INTEGER NOT NULL,
    "door" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Certificate" (
    "number" TEXT NOT NULL PRIMARY KEY,
    "orderId" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'issued',
    "jws" TEXT NOT NULL,
    "pdfSha256" TEXT,
    "locale" TEXT NOT NULL,
    "dueAt" DATETIME NOT NULL,
    "issuedAt" DATETIME NOT NULL,
    "sentAt" DATETIME,
    "expiresAt" DATETIME,
    "endedAt" DATETIME,
    "reason" TEXT
);

-- CreateTable
CREATE TABLE "SigningKey" (
    "kid" TEXT NOT NULL PRIMARY KEY,
    "publicKey" TEXT NOT NULL,
    "secretKey" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL
);

-- CreateIndex
CREATE INDEX "CatalogueVersion_part_state_idx" ON "CatalogueVersion"("part", "state");

-- CreateIndex
CREATE INDEX "Site_orgId_id_idx" ON "Site"("orgId", "id");

-- CreateIndex
CREATE INDEX "Site_orgId_siteName_idx" ON "Site"("orgId", "siteName");

-- CreateIndex
CREATE INDEX "Site_orgId_siteCity_idx" ON "Site"("orgId", "siteCity");

-- CreateIndex
CREATE INDEX "Site_siteName_idx" ON "Site"("siteName");

-- CreateIndex
CREATE INDEX "Site_siteCity_idx" ON "Site"("siteCity");

-- CreateIndex
CREATE INDEX "Site_siteZip_idx" ON "Site"("siteZip");

-- CreateIndex
CREATE INDEX "SiteChange_siteId_state_idx" ON "SiteChange"("siteId", "state");

-- CreateIndex
CREATE INDEX "SiteChange_orgId_id_idx" ON "SiteChange"("orgId", "id");

-- CreateIndex
CREATE INDEX "SiteChange_approvalId_idx" ON "SiteChange"("approvalId");

-- CreateIndex
CREATE INDEX "Opportunity_orgId_state_id_idx" ON "Opportunity"("orgId", "state", "id");

-- CreateIndex
CREATE INDEX "Opportunity_state_closingDate_idx" ON "Opportunity"("state", "closingDate");

-- CreateIndex
CREATE INDEX "Order_orgId_id_idx" ON "Order"("orgId", "id");

-- CreateIndex
CREATE INDEX "Order_orgId_state_id_idx" ON "Order"("orgId", "state", "id");

-- CreateIndex
CREATE INDEX "Order_state_id_idx" ON "Order"("state", "id");

-- CreateIndex
CREATE INDEX "Order_siteId_idx" ON "Order"("siteId");

-- CreateIndex
CREATE INDEX "Order_opportunityId_idx" ON "Order"("opportunityId");

-- CreateIndex
CREATE INDEX "Order_approvalId_idx" ON "Order"("approvalId");

-- CreateIndex
CREATE UNIQUE INDEX "OrderDocument_orderId_name_key" ON "OrderDocument"("orderId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "Certificate_orderId_key" ON "Certificate"("orderId");

-- CreateIndex
CREATE INDEX "Certificate_state_dueAt_idx" ON "Certificate"("state", "dueAt");

-- CreateIndex
CREATE INDEX "Certificate_state_expiresAt_idx" ON "Certificate"("state", "expiresAt");
