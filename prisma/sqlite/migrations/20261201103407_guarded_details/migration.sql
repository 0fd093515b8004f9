-- AlterTable
ALTER TABLE "Domain" ADD COLUMN "orgSince" DATETIME;

-- CreateTable
CREATE TABLE "AuditErasing" (
    "seq" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "at" DATETIME NOT NULL
);
-- Details stay as they were written, too; they go only where an erasure has said so in the same transaction (X6, X11).
CREATE TRIGGER "AuditDetail_no_update" BEFORE UPDATE ON "AuditDetail" BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER "AuditDetail_no_delete" BEFORE DELETE ON "AuditDetail" WHEN NOT EXISTS (SELECT 1 FROM "AuditErasing" WHERE "seq" = OLD."seq") BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER "AuditDetail_no_replace" BEFORE INSERT ON "AuditDetail" WHEN EXISTS (SELECT 1 FROM "AuditDetail" WHERE "seq" = NEW."seq") BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
