-- CreateTable
CREATE TABLE "Installer" (
    "personId" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "vat" TEXT,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "ManufacturedDevice" (
    "codeKey" TEXT NOT NULL PRIMARY KEY,
    "codeId" TEXT NOT NULL,
    "mac" TEXT NOT NULL,
    "model" TEXT,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Device" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "installerId" INTEGER NOT NULL,
    "codeId" TEXT NOT NULL,
    "codeKey" TEXT NOT NULL,
    "enrolledKey" TEXT,
    "mac" TEXT NOT NULL,
    "webAddress" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "clientId" INTEGER,
    "account" TEXT,
    "client" TEXT NOT NULL DEFAULT '{}',
    "locale" TEXT NOT NULL,
    "door" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "reminders" INTEGER NOT NULL DEFAULT 0,
    "accessRefusedAt" DATETIME,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "registeredAt" DATETIME,
    "linkedAt" DATETIME,
    "linkUntil" DATETIME,
    "activatedAt" DATETIME,
    "endedAt" DATETIME,
    "searchText" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "DeviceStep" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "deviceId" INTEGER NOT NULL,
    "step" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "personId" INTEGER
);

-- CreateTable
CREATE TABLE "AccessGrant" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "deviceId" INTEGER NOT NULL,
    "personId" INTEGER NOT NULL,
    "use" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'active',
    "door" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    "uses" INTEGER NOT NULL DEFAULT 0,
    "usedAt" DATETIME,
    "endedAt" DATETIME,
    "endedById" INTEGER
);

-- CreateTable
CREATE TABLE "Gateway" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "activeName" TEXT,
    "keyHash" TEXT NOT NULL,
    "personId" INTEGER NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "usedAt" DATETIME,
    "removedAt" DATETIME
);

-- CreateTable
CREATE TABLE "SecondFactor" (
    "personId" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "secret" TEXT NOT NULL,
    "confirmedAt" DATETIME,
    "lastStep" INTEGER NOT NULL DEFAULT 0,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "RecoveryCode" (
    "codeHash" TEXT NOT NULL PRIMARY KEY,
    "personId" INTEGER NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "usedAt" DATETIME
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Session" (
    "tokenHash" TEXT NOT NULL PRIMARY KEY,
    "personId" INTEGER NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "seenAt" DATETIME NOT NULL,
    "awaitsCode" BOOLEAN NOT NULL DEFAULT false,
    CONSTRAINT "Session_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
INSERT INTO "new_Session" ("createdAt", "personId", "seenAt", "tokenHash") SELECT "createdAt", "personId", "seenAt", "tokenHash" FROM "Session";
DROP TABLE "Session";
ALTER TABLE "new_Session" RENAME TO "Session";
CREATE INDEX "Session_personId_idx" ON "Session"("personId");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- CreateIndex
CREATE UNIQUE INDEX "ManufacturedDevice_mac_key" ON "ManufacturedDevice"("mac");

-- CreateIndex
CREATE UNIQUE INDEX "Device_enrolledKey_key" ON "Device"("enrolledKey");

-- CreateIndex
CREATE INDEX "Device_installerId_id_idx" ON "Device"("installerId", "id");

-- CreateIndex
CREATE INDEX "Device_installerId_codeKey_idx" ON "Device"("installerId", "codeKey");

-- CreateIndex
CREATE INDEX "Device_clientId_idx" ON "Device"("clientId");

-- CreateIndex
CREATE INDEX "Device_state_updatedAt_idx" ON "Device"("state", "updatedAt");

-- CreateIndex
CREATE INDEX "Device_state_linkUntil_idx" ON "Device"("state", "linkUntil");

-- CreateIndex
CREATE INDEX "DeviceStep_deviceId_id_idx" ON "DeviceStep"("deviceId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "AccessGrant_tokenHash_key" ON "AccessGrant"("tokenHash");

-- CreateIndex
CREATE INDEX "AccessGrant_deviceId_id_idx" ON "AccessGrant"("deviceId", "id");

-- CreateIndex
CREATE INDEX "AccessGrant_state_expiresAt_idx" ON "AccessGrant"("state", "expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "Gateway_activeName_key" ON "Gateway"("activeName");

-- CreateIndex
CREATE UNIQUE INDEX "Gateway_keyHash_key" ON "Gateway"("keyHash");

-- CreateIndex
CREATE INDEX "RecoveryCode_personId_idx" ON "RecoveryCode"("personId");
