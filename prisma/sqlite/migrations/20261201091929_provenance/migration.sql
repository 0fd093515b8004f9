-- AlterTable
ALTER TABLE "Audit" ADD COLUMN "releasedById" INTEGER;

-- AlterTable
ALTER TABLE "InboundMail" ADD COLUMN "releasedById" INTEGER;

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Approval" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "command" TEXT NOT NULL,
    "input" TEXT NOT NULL,
    "contentHash" TEXT NOT NULL,
    "requesterId" INTEGER NOT NULL,
    "releasedById" INTEGER,
    "byOperator" BOOLEAN NOT NULL DEFAULT false,
    "approvers" TEXT,
    "orgId" INTEGER,
    "door" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "needed" INTEGER NOT NULL,
    "object" TEXT,
    "createdAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    "reminders" INTEGER NOT NULL DEFAULT 0,
    "endedAt" DATETIME,
    "channelMessage" TEXT
);
INSERT INTO "new_Approval" ("approvers", "channelMessage", "command", "contentHash", "createdAt", "door", "endedAt", "expiresAt", "id", "input", "locale", "needed", "object", "orgId", "reminders", "requesterId", "state") SELECT "approvers", "channelMessage", "command", "contentHash", "createdAt", "door", "endedAt", "expiresAt", "id", "input", "locale", "needed", "object", "orgId", "reminders", "requesterId", "state" FROM "Approval";
DROP TABLE "Approval";
ALTER TABLE "new_Approval" RENAME TO "Approval";
CREATE INDEX "Approval_state_expiresAt_idx" ON "Approval"("state", "expiresAt");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
