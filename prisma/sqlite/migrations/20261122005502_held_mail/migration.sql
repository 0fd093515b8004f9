-- CreateTable
CREATE TABLE "SpentSignature" (
    "hash" TEXT NOT NULL PRIMARY KEY,
    "inboundId" INTEGER NOT NULL
);

-- What was spent stays spent
INSERT INTO "SpentSignature" ("hash", "inboundId") SELECT "signature", "id" FROM "InboundMail" WHERE "signature" IS NOT NULL;

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_InboundMail" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "messageId" TEXT,
    "sha256" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "sender" TEXT,
    "personId" INTEGER,
    "subject" TEXT,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "receivedAt" DATETIME NOT NULL,
    "endedAt" DATETIME,
    "moveDue" BOOLEAN NOT NULL DEFAULT false
);
INSERT INTO "new_InboundMail" ("endedAt", "id", "messageId", "personId", "reason", "receivedAt", "sender", "sha256", "source", "state", "subject") SELECT "endedAt", "id", "messageId", "personId", "reason", "receivedAt", "sender", "sha256", "source", "state", "subject" FROM "InboundMail";
DROP TABLE "InboundMail";
ALTER TABLE "new_InboundMail" RENAME TO "InboundMail";
CREATE INDEX "InboundMail_messageId_idx" ON "InboundMail"("messageId");
CREATE INDEX "InboundMail_state_idx" ON "InboundMail"("state");
CREATE INDEX "InboundMail_moveDue_idx" ON "InboundMail"("moveDue");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- CreateIndex
CREATE INDEX "SpentSignature_inboundId_idx" ON "SpentSignature"("inboundId");
