-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "awaitsCode" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "Installer" (
    "personId" INTEGER NOT NULL,
    "vat" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Installer_pkey" PRIMARY KEY ("personId")
);

-- CreateTable
CREATE TABLE "ManufacturedDevice" (
    "codeKey" TEXT NOT NULL,
    "codeId" TEXT NOT NULL,
    "mac" TEXT NOT NULL,
    "model" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ManufacturedDevice_pkey" PRIMARY KEY ("codeKey")
);

-- CreateTable
CREATE TABLE "Device" (
    "id" SERIAL NOT NULL,
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
    "accessRefusedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "registeredAt" TIMESTAMP(3),
    "linkedAt" TIMESTAMP(3),
    "linkUntil" TIMESTAMP(3),
    "activatedAt" TIMESTAMP(3),
    "endedAt" TIMESTAMP(3),
    "searchText" TEXT NOT NULL,

    CONSTRAINT "Device_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DeviceStep" (
    "id" SERIAL NOT NULL,
    "deviceId" INTEGER NOT NULL,
    "step" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "personId" INTEGER,

    CONSTRAINT "DeviceStep_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AccessGrant" (
    "id" SERIAL NOT NULL,
    "deviceId" INTEGER NOT NULL,
    "personId" INTEGER NOT NULL,
    "use" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'active',
    "door" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "uses" INTEGER NOT NULL DEFAULT 0,
    "usedAt" TIMESTAMP(3),
    "endedAt" TIMESTAMP(3),
    "endedById" INTEGER,

    CONSTRAINT "AccessGrant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Gateway" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "activeName" TEXT,
    "keyHash" TEXT NOT NULL,
    "personId" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "usedAt" TIMESTAMP(3),
    "removedAt" TIMESTAMP(3),

    CONSTRAINT "Gateway_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SecondFactor" (
    "personId" INTEGER NOT NULL,
    "secret" TEXT NOT NULL,
    "confirmedAt" TIMESTAMP(3),
    "lastStep" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "SecondFactor_pkey" PRIMARY KEY ("personId")
);

-- CreateTable
CREATE TABLE "RecoveryCode" (
    "codeHash" TEXT NOT NULL,
    "personId" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "usedAt" TIMESTAMP(3),

    CONSTRAINT "RecoveryCode_pkey" PRIMARY KEY ("codeHash")
);

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
